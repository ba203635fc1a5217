/**
 * Texts and packages that other machines use to offer or use a repository: what an administrator
 * gives to a web server, and what makes a client trust and use the repository. The command line
 * prints or saves them. It never writes a file, never contacts a machine, and puts nothing into a
 * text that could mean more there than a name or a path.
 */
@NullMarked
package org.qrepo.client;

import org.jspecify.annotations.NullMarked;
