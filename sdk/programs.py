"""What a machine must have that no package of ours brings."""

import re
import shutil
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A compiler or an interpreter.

    version: what makes it print its version.
    least: the oldest major version that will do.
    package: the Debian package that has it.
    """

    name: str
    version: str
    least: int
    package: str

    def lack(self) -> str | None:
        """Return what is missing, or None where the program is there and new enough."""
        # On some systems a program is there that only says where to get it.
        found = self.major() if shutil.which(self.name) else None
        if found is None:
            return f"{self.name} is missing: apt-get install {self.package}"
        if found < self.least:
            return f"{self.name} {found} is too old: {self.least} is needed"
        return None

    def major(self) -> int | None:
        said = subprocess.run(
            [self.name, self.version], capture_output=True, text=True, check=False, timeout=60
        )
        numbers = re.search(r"(\d+)\.(\d+)", said.stdout + said.stderr)
        if numbers is None:
            return None
        first, second = map(int, numbers.groups())
        # Go has been 1.something since 2012, and Java was until 8.
        return second if first == 1 else first


JAVA = Program("java", "-version", 11, "default-jdk-headless")
JAVAC = Program("javac", "-version", 17, "default-jdk-headless")
GO = Program("go", "version", 18, "golang-go")
NODE = Program("node", "--version", 20, "nodejs")
NPM = Program("npm", "--version", 9, "npm")
