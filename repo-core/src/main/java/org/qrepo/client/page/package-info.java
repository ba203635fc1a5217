/**
 * The landing page of a repository for people, and the same facts as JSON for programs. The command
 * line gathers the facts and saves or publishes the texts. Nothing here reads a store, contacts a
 * machine, or lets a value that came with a package mean more than text.
 */
@NullMarked
package org.qrepo.client.page;

import org.jspecify.annotations.NullMarked;
