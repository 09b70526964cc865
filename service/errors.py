"""What ends a command with one line."""


class OneLineError(Exception):
    """Something does not work as it stands; the message is one line for a person.

    The kinds are declared where they arise. To catch them all needs none of what they are about.
    """
