package org.qrepo.sign.program;

/** Hears what a person should know while a program signs; called from several threads. */
@FunctionalInterface
public interface Notices {
  Notices NONE = text -> {};

  /** One line; holds nothing that a stranger wrote. */
  void say(String text);
}
