"""Profiles that come with the product, written into a scenario whose groups name them."""

from __future__ import annotations

from drillsim.people.library import populations, shipped_profile, shipped_profiles
from drillsim.scenario.findings import Findings

__all__ = ["add_shipped_profiles"]


def add_shipped_profiles(findings: Findings) -> None:
    """Add every shipped profile that a group names and the scenario does not define.

    They become raw entries, so they are validated, overridden, digested and printed like its own.
    """
    data = findings.tree.data
    profiles = data.get("profiles", {})
    if not isinstance(profiles, dict):
        return
    named: set[str] = set()
    groups = data.get("groups")
    for group in groups.values() if isinstance(groups, dict) else ():
        if isinstance(group, dict):
            mix = group.get("mix")
            shares = populations().get(mix, {}) if isinstance(mix, str) else mix
            named.update(shares if isinstance(shares, dict) else ())
            profile = group.get("profile")
            named.update({profile} if isinstance(profile, str) else ())
    for name in sorted(named & set(shipped_profiles()) - profiles.keys()):
        profiles[name] = shipped_profile(name)
    if profiles:
        data["profiles"] = profiles
