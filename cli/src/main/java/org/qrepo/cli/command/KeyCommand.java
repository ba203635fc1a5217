package org.qrepo.cli.command;

import picocli.CommandLine;

/** Keys and certificates. */
@CommandLine.Command(
    name = "key",
    description = "Make, show, export or replace signing keys.",
    subcommands = {
      KeyGenerateCommand.class,
      KeyShowCommand.class,
      KeyExportCommand.class,
      KeyRotateCommand.class
    })
public final class KeyCommand {}
