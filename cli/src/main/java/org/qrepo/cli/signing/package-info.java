/**
 * Keys as the configuration and the user give them: who may sign, who signs, where passphrases come
 * from. Commands use it. It does no cryptography and keeps no secret longer than it is needed.
 */
@NullMarked
package org.qrepo.cli.signing;

import org.jspecify.annotations.NullMarked;
