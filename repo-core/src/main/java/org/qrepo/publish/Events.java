package org.qrepo.publish;

/** Hears what the engine tells; called from several threads. */
@FunctionalInterface
public interface Events {
  Events NONE = event -> {};

  void on(Event event);
}
