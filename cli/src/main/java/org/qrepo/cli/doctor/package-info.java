/**
 * Looks for what would keep a repository from working: keys, clocks, permissions, layout, and what
 * the web server answers. The {@code doctor} command uses it. It never changes a repository, never
 * opens a secret key, and never stops at the first thing that is wrong.
 */
@NullMarked
package org.qrepo.cli.doctor;

import org.jspecify.annotations.NullMarked;
