package org.qrepo.cli.command;

import picocli.CommandLine;

/** A change of the signing key, step by step. */
@CommandLine.Command(
    name = "rotate",
    description = {
      "Replace the signing key: begin, ship, switch, resign, revoke.",
      "Each step can be repeated; 'qrepo key rotate status' says where you are and what comes next."
    },
    subcommands = {
      RotateBeginCommand.class,
      RotateStatusCommand.class,
      RotateResignCommand.class,
      RotateRevokeCommand.class
    })
public final class KeyRotateCommand {}
