"""Names in the contract are camelCase, those of components PascalCase."""


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal(name: str) -> str:
    return name[:1].upper() + camel(name)[1:]
