"""The Host header: what a valid one is, and the address that links begin with."""

import re
from encodings.idna import nameprep
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address

HOST = re.compile(
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::(?P<port>[0-9]{0,5}))?"
)
# Of a host name in DNS, without the dot at its end, and of each label.
LONGEST_NAME, LONGEST_LABEL = 253, 63
HIGHEST_PORT = 65_535
SCHEMES = ("http", "https")


@lru_cache(1000)
def is_host(text: str) -> bool:
    """Return whether a text is a host name, an IPv4 address or an [IPv6] address, and a port.

    Names may have an underscore: DNS has none in them, but container networks do.
    """
    found = HOST.fullmatch(text)
    if found is None or int(found["port"] or 0) > HIGHEST_PORT:
        return False
    try:
        if found["ipv6"]:
            IPv6Address(found["ipv6"])
        else:
            check_name(found["name"].removesuffix("."))
    except (AddressValueError, UnicodeError):
        return False
    return True


def check_name(name: str) -> None:
    """Raise UnicodeError or AddressValueError for what is no host name and no IPv4 address."""
    labels = name.split(".")
    if len(name) > LONGEST_NAME or not all(0 < len(label) <= LONGEST_LABEL for label in labels):
        raise UnicodeError("a name or a label of it is empty or too long")
    if labels[-1].isdigit():  # no top-level domain is a number
        IPv4Address(name)
    for label in labels:
        if label.lower().startswith("xn--"):
            check_decoded(label[len("xn--") :].encode().decode("punycode"))


def check_decoded(label: str) -> None:
    """Raise UnicodeError for what no name may hold, or what needs no punycode."""
    nameprep(label)
    if label.isascii():
        raise UnicodeError("the label is ASCII")


def are_schemes(text: str) -> bool:
    """Return whether a text lists schemes that links may begin with."""
    return all(scheme.strip().lower() in SCHEMES for scheme in text.split(","))


def base_url(scheme: str, host: str) -> str:
    """Return the URL of `/` as the client sees it, for links that have to be absolute.

    Werkzeug's own decodes punycode, by rules that refuse names such as that of straße.de.
    """
    scheme = scheme.lower()
    standard = ":443" if scheme == "https" else ":80"
    return f"{scheme}://{host.removesuffix(standard)}/"
