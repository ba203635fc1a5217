package org.qrepo.cli.console;

/** For output that nobody watches. */
enum NoProgress implements Progress {
  INSTANCE;

  @Override
  public void advance(long bytes) {}

  @Override
  public void file(String name, long done, long size) {}

  @Override
  public void finished(String name, long size) {}

  @Override
  public void close() {}
}
