"""What the user can mend: a wrong argument, a wrong configuration, a folder that is not there."""


class VaultlintError(Exception):
    """The run cannot go on, for a reason in the user's hands. The message is plain and complete."""
