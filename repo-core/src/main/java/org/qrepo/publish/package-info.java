/**
 * The one story: a change and the remote state make a plan, the publisher carries it out and
 * returns a receipt; the ports to stores, keys and the public are declared here. The command line
 * drives it and the adapters implement its ports. It never prints, never reads the environment,
 * never holds a key.
 */
@NullMarked
package org.qrepo.publish;

import org.jspecify.annotations.NullMarked;
