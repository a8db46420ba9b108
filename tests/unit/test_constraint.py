"""What Pulumi refuses is told by resource, property and both values, and never with a secret's."""

from __future__ import annotations

import pytest

from runbook_lib.constraint import refusals, unknown_flag, without_secrets

URN = "urn:pulumi:staging::payments::aws:cloudwatch/logGroup:LogGroup::api"
CHILD = "urn:pulumi:staging::payments::runbook:network:Network$aws:ec2/subnet:Subnet::private-1"
GROUP = "aws:cloudwatch/logGroup:LogGroup api"
CHANGED = f"api: resource {URN} violates plan: properties changed: "


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CHANGED + "~~retentionInDays[{60}!={3}]", [f"{GROUP}: retentionInDays is 3, agreed was 60"]),
        (CHANGED + "++name[{a, b[0]}!={c}]", [f"{GROUP}: name is c, agreed was a, b[0]"]),
        (CHANGED + "=+kmsKeyId[{k}]", [f"{GROUP}: kmsKeyId is k, agreed was no change"]),
        (CHANGED + "+-kmsKeyId[{k}]", [f"{GROUP}: kmsKeyId is nothing, agreed was k"]),
        (CHANGED + "-=kmsKeyId[{k}]", [f"{GROUP}: kmsKeyId is k, agreed was nothing"]),
        (CHANGED + "=-kmsKeyId", [f"{GROUP}: kmsKeyId is nothing, agreed was no change"]),
        (
            CHANGED + "=~immutable[{2}], ~=value[{map[k:{[{1} {x}]}]}!={1}]",
            [f"{GROUP}: immutable is 2, agreed was no change", f"{GROUP}: value is 1, agreed was map[k:{{[{{1}} {{x}}]}}]"],
        ),
        (f"private-1: resource {CHILD} violates plan: protect changed (expected false)",
         ["aws:ec2/subnet:Subnet private-1: protect changed (expected false)"]),
        ("network: resource violates plan: properties changed: ~~id[{a}!={b}]", ["outputs of network: id is b, agreed was a"]),
        ("api: create is not allowed by the plan: no steps were expected for this resource",
         ["api: create was not agreed on (no steps were expected for this resource)"]),
        ("delete is not allowed by the plan: this resource is constrained to same",
         ["a resource that Pulumi does not name: delete was not agreed on (this resource is constrained to same)"]),
        (f"api: expected resource operations for {URN} but none were seen", [f"{GROUP}: agreed on and not asked for"]),
        ("api: error creating log group: no", []),
    ],
)  # fmt: skip
def test_each_refusal_is_a_sentence(error: str, said: list[str]) -> None:
    assert refusals([error, error]) == said


@pytest.mark.parametrize(
    "values", ["{&{{hush-1}}}!={&{{hush-2}}}", "{map[k:{[{&{{hush}}}]}]}!={map[k:{[{x}]}]}", "{&{sig 7692 hush  }}!={plain}"]
)
def test_a_value_that_pulumi_shows_through_a_pointer_is_not_told_on(values: str) -> None:
    (said,) = refusals([f"{CHANGED}~~value[{values}]"])
    assert "hush" not in said
    assert "[not shown]" in said


def test_a_secret_that_is_one_in_the_state_alone_is_not_told_on() -> None:
    """The program passes it in clear now, so Pulumi shows it."""
    said = refusals([f"{CHANGED}=+password[{{hunter2}}], =~passwordless[{{no}}]"])
    told = without_secrets(said, [f"{GROUP}: password"])
    assert told == [
        f"{GROUP}: password is another than was agreed on, and secret",
        f"{GROUP}: passwordless is no, agreed was no change",
    ]


def test_a_failure_without_a_word_is_told_as_one() -> None:
    assert len(refusals([])) == 1


def test_a_command_without_saved_plans_is_known_by_what_it_says() -> None:
    assert unknown_flag("\n code: 1\n stdout: \n stderr: error: unknown flag: --save-plan\n")
    assert not unknown_flag("\n code: 1\n stdout: \n stderr: error: unknown flag: --event-log\n")


def test_what_a_program_prints_says_nothing_of_the_command() -> None:
    for printed in ("error: unknown flag: --plan", "stderr: error: unknown flag: --plan"):
        assert not unknown_flag(f"\n code: 1\n stdout: {printed}\n stderr: error: update failed\n")
