package org.qrepo.client.conf;

import org.qrepo.Finding;

/** Something about a configuration, and what it does to pacman. */
public record ConfFinding(Effect effect, Finding finding) {}
