package org.qrepo.client;

/**
 * Which repository a client takes a package from that this one and an official one of Qubes have.
 * pacman takes it from the first that has it, even where a later one has a newer version; drop-ins
 * come in the order of their file names, and the official ones begin with 85 and 90.
 */
public enum DropInPriority {
  /** From this one. */
  OVERRIDE("80-", "before"),
  /** From the official one. */
  SUPPLEMENT("95-", "after");

  private final String prefix;
  private final String place;

  DropInPriority(String prefix, String place) {
    this.prefix = prefix;
    this.place = place;
  }

  /** What the name of the file begins with. */
  String prefix() {
    return prefix;
  }

  /** Where the drop-in stands, seen from the official ones: before or after. */
  String place() {
    return place;
  }
}
