"""The embedded engine: the `pulumi` command of a rehearsal, in Python, behind Pulumi's own protocols.

`runbook_lib/rehearsal/bin/pulumi` runs `cli.main`. To use it, give the Automation API that folder:
`PulumiCommand(root=".../runbook_lib/rehearsal")`. Environment it reads, beyond Pulumi's own `PULUMI_BACKEND_URL`,
`PULUMI_HOME`, `PULUMI_CONFIG_PASSPHRASE[_FILE]` and `PULUMI_STACK`: `RUNBOOK_PYTHON`, the interpreter to run with.

One language (Python), the file backend, the passphrase secrets provider, plugins that are already on this machine.
"""
