"""The clients that are tried. How each is generated and compiled stands in docs/clients.md."""

from dataclasses import dataclass

from .programs import GO, JAVA, JAVAC, NODE, NPM, Program


@dataclass(frozen=True)
class Client:
    """A generated client, and the program in sdk/scenarios/ that uses it.

    name: of its folder there, and of its section in docs/clients.md.
    needs: what the machine must have.
    call: runs the program, in the folder that holds it and the client.
    build: compiles the program, where compiling the client has not done so already.
    checks_types: whether the client itself refuses an answer that is not as the contract says.
    """

    name: str
    language: str
    needs: tuple[Program, ...]
    call: str
    build: str = ""
    checks_types: bool = False


NODE_NEEDS = (NODE, NPM)

CLIENTS = (
    Client(
        "python",
        "Python",
        needs=(JAVA,),
        call="PYTHONPATH=client python scenario.py",
        checks_types=True,
    ),
    Client(
        "openapi-python-client",
        "Python",
        needs=(),
        build="MYPYPATH=client mypy --strict scenario.py",
        call="PYTHONPATH=client python scenario.py",
    ),
    Client(
        "typescript-fetch",
        "TypeScript",
        needs=(JAVA, *NODE_NEEDS),
        call="node out/scenario.js",
    ),
    Client(
        "openapi-typescript",
        "TypeScript",
        needs=NODE_NEEDS,
        call="node out/scenario.js",
    ),
    Client(
        "hey-api",
        "TypeScript",
        needs=NODE_NEEDS,
        call="node out/scenario.js",
    ),
    Client(
        "java",
        "Java",
        needs=(JAVA, JAVAC),
        build="javac -d classes -cp classes:libraries.jar Scenario.java",
        call="java -cp classes:libraries.jar Scenario",
    ),
    Client(
        "go",
        "Go",
        needs=(JAVA, GO),
        build="mkdir client/scenario\ncp scenario.go client/scenario/\n"
        "cd client\ngo build -o ../scenario ./scenario",
        call="./scenario",
        checks_types=True,
    ),
)
