package org.qrepo.cli.console;

/** How lines are dressed: as pacman's tools do it, in colour or plain. */
public enum Look {
  /** Without escape sequences. */
  PLAIN("", "", "", "", "", ""),
  /** In the colours of makepkg and repo-add. */
  COLOR("\033[1m", "\033[1;32m", "\033[1;34m", "\033[1;33m", "\033[1;31m", "\033[0m");

  final String bold;
  final String green;
  final String blue;
  final String yellow;
  final String red;
  final String reset;

  Look(String bold, String green, String blue, String yellow, String red, String reset) {
    this.bold = bold;
    this.green = green;
    this.blue = blue;
    this.yellow = yellow;
    this.red = red;
    this.reset = reset;
  }
}
