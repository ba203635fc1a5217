package org.qrepo.client;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The qrexec service {@code qrepo.Publish}: the build qube sends a parcel, the publishing qube
 * receives and publishes it, dom0's policy says that it may. Sources: qrexec's policy format as of
 * Qubes OS 4.1 (service, argument, source, destination, action and its parameters, parted by
 * blanks), and its multiplexer, which looks for services below {@code /usr/local/etc/qubes-rpc} and
 * {@code /etc/qubes-rpc}, runs them in a login shell, and keeps their standard error for the log of
 * the qube, so that what the sender is to see goes to standard output.
 *
 * @param build the qube that sends
 * @param publisher the qube that receives
 * @param program how qrepo is called there: a name or an absolute path
 * @param configuration the file that says whose signatures count and where targets are; empty:
 *     where qrepo looks by itself
 * @param target where parcels are published; empty: the only target of the configuration
 * @param asks whether dom0 asks each time
 */
public record QrexecService(
    String build,
    String publisher,
    String program,
    Optional<String> configuration,
    Optional<String> target,
    boolean asks) {
  /** What the service is called. */
  public static final String NAME = "qrepo.Publish";

  /** What the policy's file is called: a number first, in small letters, as dom0 demands. */
  public static final String POLICY_NAME = "30-qrepo.policy";

  private static final Pattern QUBE = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,30}");
  private static final Pattern LINE = Pattern.compile("[^\\p{Cntrl}]+");

  /**
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public QrexecService {
    requireQube(build);
    requireQube(publisher);
    if (build.equals(publisher)) {
      throw new IllegalArgumentException("a qube does not hand over to itself");
    }
    requireLine(program);
    configuration.ifPresent(QrexecService::requireLine);
    target.ifPresent(QrexecService::requireLine);
  }

  private static void requireQube(String name) {
    if (!QUBE.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' is not the name of a qube");
    }
  }

  private static void requireLine(String text) {
    if (!LINE.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' cannot stand in a script");
    }
  }

  /** The service, a program that the publishing qube runs for each parcel. */
  public String script() {
    return """
        #!/bin/sh
        # The qrexec service %s: publishes the parcel that qube %s sends on standard input.
        # Belongs into qube %s, as /usr/local/etc/qubes-rpc/%s with mode 0755; or into
        # its template, as /etc/qubes-rpc/%s. dom0's policy says who may call it.
        PATH=$HOME/bin:$HOME/.local/bin:/usr/local/bin:$PATH
        export PATH
        # What is said goes back to the qube that sends.
        exec 2>&1
        exec %s%s receive --stream%s
        """
        .formatted(
            NAME,
            build,
            publisher,
            NAME,
            NAME,
            quoted(program),
            configuration.map(file -> " --config " + quoted(file)).orElse(""),
            target.map(name -> " --to " + quoted(name)).orElse(""));
  }

  /** The policy, for dom0. */
  public String policy() {
    String toDefault = asks ? "ask    default_target=" : "allow  target=";
    String direct = asks ? "ask    default_target=" + publisher : "allow";
    return """
        # %s: qube %s hands packages over to qube %s, which publishes them.
        # Belongs into dom0, as /etc/qubes/policy.d/%s.
        # service        argument  source  destination  action
        %s    +         %s  %s  %s
        %s    +         %s  @default  %s%s
        %s    *         @anyvm  @anyvm  deny
        """
        .formatted(
            NAME,
            build,
            publisher,
            POLICY_NAME,
            NAME,
            build,
            publisher,
            direct,
            NAME,
            build,
            toDefault,
            publisher,
            NAME);
  }

  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./~@%+=:,-]+") && !text.startsWith("~")
        ? text
        : "'" + text.replace("'", "'\\''") + "'";
  }
}
