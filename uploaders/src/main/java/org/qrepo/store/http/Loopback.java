package org.qrepo.store.http;

/** Whether what is sent to a host stays on this machine. */
public final class Loopback {
  private Loopback() {}

  /**
   * Whether a host is this machine by its name or address.
   *
   * @param host as a URL has it, IPv6 addresses in brackets
   */
  public static boolean is(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }
}
