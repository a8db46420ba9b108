# Sourced by the commands beside it: sets $python to one that has this project's packages, and lets it find this checkout.
# In order: what the caller chose, the checkout's own environment, the environment this package is installed in, PATH.
root=$(CDPATH= cd -- "$here/../../.." && pwd)
for python in "$RUNBOOK_PYTHON" "$root/.venv/bin/python" "$root/../../../bin/python" python3; do
  if [ -n "$python" ] && command -v "$python" >/dev/null 2>&1; then break; fi
done
PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONPATH

# Becomes a module of this project's, with arguments; forked where a rehearsal has a nursery.
run() {
  set -- "$python" -P -m "$@"
  if [ -S "$RUNBOOK_REHEARSAL_NURSERY" ]; then set -- "$python" -I -S "$root/runbook_lib/forking.py" "$@"; fi
  exec "$@"
}
