package org.qrepo.audit;

import org.qrepo.database.Database;

/**
 * A repository of a client.
 *
 * @param name its section in pacman.conf: {@code extra}
 */
public record SyncDatabase(String name, Database database) {}
