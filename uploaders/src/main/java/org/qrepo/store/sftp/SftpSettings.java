package org.qrepo.store.sftp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * By which keys and hosts SFTP servers are reached, and how patiently.
 *
 * @param user the user name where neither the target nor the ssh configuration says one
 * @param home where {@code .ssh} is looked for, with its configuration, keys and known hosts
 * @param agent the socket of an ssh agent
 * @param identities private keys to use before others; empty: those of the ssh configuration, or
 *     the usual names in {@code .ssh}
 * @param knownHosts files with the keys of hosts; empty: those of the ssh configuration, or the
 *     usual ones
 * @param jump hosts to go through, as ssh's {@code ProxyJump} lists them; empty: what the ssh
 *     configuration says
 */
public record SftpSettings(
    String user,
    Optional<Path> home,
    Optional<Path> agent,
    List<Path> identities,
    List<Path> knownHosts,
    Optional<String> jump,
    Passphrases passphrases,
    Limits limits) {
  public SftpSettings {
    identities = List.copyOf(identities);
    knownHosts = List.copyOf(knownHosts);
  }

  /** Asks for the passphrase of a key. */
  @FunctionalInterface
  public interface Passphrases {
    /** Knows none. */
    Passphrases NONE = file -> Optional.empty();

    /** Empty if there is none, or nobody to ask. The caller wipes it. */
    Optional<char[]> of(Path keyFile);
  }

  /**
   * Bounds in time and number.
   *
   * @param connect how long a connection may take to be made
   * @param idle how long a server may leave a request without an answer
   * @param lock for how long a lock holds that its holder does not renew, by the server's clock
   */
  public record Limits(Duration connect, Duration idle, Duration lock) {
    public static final Limits STANDARD =
        new Limits(Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMinutes(10));
  }

  /** Of a user with that name and home, without an agent. */
  public static SftpSettings of(String user, Path home) {
    return new SftpSettings(
        user,
        Optional.of(home),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Passphrases.NONE,
        Limits.STANDARD);
  }

  /** Of nobody in particular: no keys and no known hosts. */
  public static SftpSettings none() {
    return new SftpSettings(
        "",
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Passphrases.NONE,
        Limits.STANDARD);
  }

  /** Whether a text lists hosts to go through: {@code [user@]host[:port],...}. */
  public static boolean isJump(String text) {
    return Stream.of(text.split(",", -1)).allMatch(host -> SftpAddress.place(host).isPresent());
  }

  public SftpSettings withAgent(Optional<Path> socket) {
    return new SftpSettings(user, home, socket, identities, knownHosts, jump, passphrases, limits);
  }

  public SftpSettings withIdentities(List<Path> files) {
    return new SftpSettings(user, home, agent, files, knownHosts, jump, passphrases, limits);
  }

  public SftpSettings withKnownHosts(List<Path> files) {
    return new SftpSettings(user, home, agent, identities, files, jump, passphrases, limits);
  }

  public SftpSettings withJump(Optional<String> hosts) {
    return new SftpSettings(user, home, agent, identities, knownHosts, hosts, passphrases, limits);
  }

  public SftpSettings withPassphrases(Passphrases source) {
    return new SftpSettings(user, home, agent, identities, knownHosts, jump, source, limits);
  }

  public SftpSettings withLimits(Limits bounds) {
    return new SftpSettings(user, home, agent, identities, knownHosts, jump, passphrases, bounds);
  }
}
