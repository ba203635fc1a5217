/**
 * How qrepo speaks: to people on a terminal, to logs, to scripts in JSON. Commands use it. It never
 * decides what to say, and never lets a stranger's text control a terminal.
 */
@NullMarked
package org.qrepo.cli.console;

import org.jspecify.annotations.NullMarked;
