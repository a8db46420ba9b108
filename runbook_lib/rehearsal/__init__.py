"""What stands in for AWS and for the Pulumi command: emulator, database, provider and engine, all on this machine."""
