package org.qrepo.client;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.qrepo.publish.RepositoryName;

/**
 * The file in {@code /etc/pacman.d} that makes a client use a repository. In Qubes' templates
 * {@code pacman.conf} includes {@code /etc/pacman.d/*.conf} from within {@code [options]}, so the
 * file begins with a section of its own; it demands signatures of packages and databases by keys
 * that the client trusts.
 *
 * @param repository which is the section
 * @param fileName in {@code /etc/pacman.d}; letters, digits and {@code @ . _ + -}
 * @param priority where it stands among Qubes' own repositories
 * @param release of Qubes that the clients have; empty if they differ or have none
 * @param servers the first is asked first; at least one
 */
public record DropIn(
    RepositoryName repository,
    String fileName,
    DropInPriority priority,
    Optional<QubesRelease> release,
    List<ServerUrl> servers) {
  /** Where drop-ins lie, relative to the root. */
  public static final String DIRECTORY = "etc/pacman.d";

  /** Nothing comes in that a trusted key has not signed. */
  private static final String SIG_LEVEL = "Required TrustedOnly";

  /**
   * @throws IllegalArgumentException if there is no server
   */
  public DropIn {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("a repository needs a server");
    }
  }

  /**
   * The drop-in for a repository. Its name holds no release, as those of Qubes do no more, so that
   * an upgrade of the release changes its content and leaves no old file behind.
   */
  public static DropIn of(
      RepositoryName repository,
      DropInPriority priority,
      Optional<QubesRelease> release,
      List<ServerUrl> servers) {
    String name = priority.prefix() + repository + ".conf";
    return new DropIn(repository, name, priority, release, servers);
  }

  /**
   * The drop-in under the name that guides of Qubes 4.0 tell people to write, {@code
   * 99-qubes-repository-4.0.conf}: it stands behind all official repositories.
   */
  public static DropIn legacy(
      RepositoryName repository, QubesRelease release, List<ServerUrl> servers) {
    return new DropIn(
        repository,
        "99-qubes-repository-" + release.number() + ".conf",
        DropInPriority.SUPPLEMENT,
        Optional.of(release),
        servers);
  }

  /** Where it lies, relative to the root: {@code etc/pacman.d/80-NAME.conf}. */
  public String path() {
    return DIRECTORY + "/" + fileName;
  }

  /** What it holds. */
  public String text() {
    String lines = servers.stream().map(s -> "Server = " + s + "\n").collect(Collectors.joining());
    return """
        # The pacman repository %1$s.
        # pacman takes a package from the first repository that has it, whatever the versions. By
        # its name this file stands %2$s those of Qubes: %3$s
        [%1$s]
        SigLevel = %4$s
        %5$s"""
        .formatted(repository, priority.place(), official(), SIG_LEVEL, lines);
  }

  private String official() {
    List<String> names = release.map(OfficialDropIns::of).orElse(List.of());
    return names.isEmpty() ? "85-qubes-*, 90-qubes-*" : String.join(", ", names);
  }
}
