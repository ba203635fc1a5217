package org.qrepo.cli.command;

import picocli.CommandLine;

/** The keys that clients trust, as a package that keeps them up to date. */
@CommandLine.Command(
    name = "keyring",
    description = "Make the package by which clients get the keys of a repository, or its sources.",
    subcommands = {KeyringPackageCommand.class, KeyringSourcesCommand.class})
public final class KeyringCommand {}
