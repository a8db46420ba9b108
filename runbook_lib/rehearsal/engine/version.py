"""The version this engine answers with: that of the newest Pulumi command it was held against in the conformance set."""

VERSION = "v3.260.0"
