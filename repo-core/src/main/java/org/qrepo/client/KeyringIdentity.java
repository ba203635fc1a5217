package org.qrepo.client;

import java.util.List;
import java.util.Set;
import org.qrepo.alpm.PackageName;

/**
 * The names of a keyring and of the package that holds it, and what the package takes the place of.
 *
 * @param replaced packages that it provides, conflicts with and replaces
 */
public record KeyringIdentity(
    KeyringName keyring, PackageName packageName, List<PackageName> replaced) {
  /** Keyrings whose files other packages own. */
  private static final Set<String> FOREIGN =
      Set.of("archlinux", "archlinuxarm", "archlinux32", "qubesos-vm");

  public KeyringIdentity {
    replaced = List.copyOf(replaced);
  }

  /**
   * A keyring of one's own, in the package {@code NAME-keyring}, that gets into nobody's way.
   *
   * @throws IllegalArgumentException if the name is that of a distribution's keyring
   */
  public static KeyringIdentity own(KeyringName name) {
    if (FOREIGN.contains(name.value())) {
      throw new IllegalArgumentException(
          "the keyring '" + name + "' belongs to a distribution: choose another name");
    }
    return new KeyringIdentity(name, new PackageName(name + "-keyring"), List.of());
  }

  /**
   * The official keyring of Qubes, replaced: its names, its files. {@code qubes-vm-repo} has the
   * same files, and replaces a package of this name where its repository comes first, so this one
   * conflicts with it and replaces it in turn.
   */
  public static KeyringIdentity official() {
    return new KeyringIdentity(
        new KeyringName("qubesos-vm"),
        new PackageName("qubes-vm-keyring"),
        List.of(new PackageName("qubes-vm-repo")));
  }

  /** Whether it takes the place of something official. */
  public boolean replacesOfficial() {
    return !replaced.isEmpty();
  }
}
