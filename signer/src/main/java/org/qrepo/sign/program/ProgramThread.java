package org.qrepo.sign.program;

/** Work that goes on beside a program, as feeding it and listening to it; it keeps nobody alive. */
public final class ProgramThread {
  private ProgramThread() {}

  /** Starts it; Java does not wait for its end. */
  public static Thread start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
