package org.qrepo.cli.command;

import picocli.CommandLine;

/** What qrepo is configured with. */
@CommandLine.Command(
    name = "config",
    description = "Show or check the configuration.",
    subcommands = {ConfigShowCommand.class, ConfigCheckCommand.class})
public final class ConfigCommand {}
