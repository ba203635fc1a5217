/**
 * Gathers what a repository's landing page tells, from the configuration, the trusted certificates
 * and the live generation. Commands use it to save or publish the page. It never changes the
 * repository itself.
 */
@NullMarked
package org.qrepo.cli.page;

import org.jspecify.annotations.NullMarked;
