/**
 * Puts what clients need together from the configuration: drop-ins, keyrings, their packages.
 * Commands that print, save or publish such things use it. It never talks to a client, and keeps no
 * secret in what it makes.
 */
@NullMarked
package org.qrepo.cli.client;

import org.jspecify.annotations.NullMarked;
