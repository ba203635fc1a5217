package org.qrepo.client.conf;

import java.util.List;

/**
 * A repository that pacman uses, in its order of preference.
 *
 * @param name of the section
 * @param where the section begins: {@code file:line}
 * @param servers as they are written, the first one is asked first
 * @param sigLevel what is demanded of signatures here
 * @param sigLevelSaid whether the section itself says so, or only {@code [options]} or nobody
 * @param synced whether {@code -Sy} fetches its database; {@code Usage} may say no
 */
public record ConfRepository(
    String name,
    String where,
    List<String> servers,
    SigLevel sigLevel,
    boolean sigLevelSaid,
    boolean synced) {
  public ConfRepository {
    servers = List.copyOf(servers);
  }
}
