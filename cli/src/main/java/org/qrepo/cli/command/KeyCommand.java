package org.qrepo.cli.command;

import picocli.CommandLine;

/** Keys and certificates. */
@CommandLine.Command(
    name = "key",
    description = "Make, show or export signing keys.",
    subcommands = {KeyGenerateCommand.class, KeyShowCommand.class, KeyExportCommand.class})
public final class KeyCommand {}
