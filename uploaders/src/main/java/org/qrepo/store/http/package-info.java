/**
 * A repository behind a web server, as clients see it. Opened by {@code org.qrepo.store}. It keeps
 * no cookies, sends no credentials but to the server they are for, and reads no environment.
 */
@NullMarked
package org.qrepo.store.http;

import org.jspecify.annotations.NullMarked;
