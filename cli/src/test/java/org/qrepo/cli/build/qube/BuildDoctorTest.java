package org.qrepo.cli.build.qube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.doctor.Result;

/** Each look, where all is well and where it is not, on root directories that the tests make. */
class BuildDoctorTest {
  private static final Optional<BuilderKind> CLASSIC = Optional.of(BuilderKind.CLASSIC);
  private static final Optional<BuilderKind> V2 = Optional.of(BuilderKind.V2);
  private static final long GB = FakeMachine.GB;

  @TempDir private Path directory;
  private FakeMachine machine;

  @BeforeEach
  void makeMachine() throws IOException {
    machine = new FakeMachine(Files.createDirectory(directory.resolve("a root")).toRealPath());
  }

  private Config config(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("qrepo.yml"), text);
    return new ConfigLoader(directory, Map.of("HOME", directory.toString()))
        .load(Optional.of(file.toString()), List.of());
  }

  private List<Result> look(Optional<BuilderKind> kind) throws Exception {
    return look(kind, "");
  }

  private List<Result> look(Optional<BuilderKind> kind, String config) throws Exception {
    return new BuildDoctor(machine.system(), config(config)).results(machine.builder(), kind);
  }

  private Result only(List<Result> results) {
    List<Result> bad = results.stream().filter(r -> r.level() != Result.Level.OK).toList();
    assertThat(bad).as("what is not as it should be").hasSize(1);
    return bad.get(0);
  }

  private static String text(Result result) {
    return result.level()
        + " "
        + result.finding().id()
        + " "
        + result.finding().headline()
        + result.finding().details().stream().collect(Collectors.joining("\n", "\n", "\n"));
  }

  @Test
  void isContentWhereAllIsWell() throws Exception {
    for (Optional<BuilderKind> kind : List.of(CLASSIC, Optional.<BuilderKind>empty())) {
      assertThat(look(kind)).allMatch(r -> r.level() == Result.Level.OK);
    }
    machine.program("/usr/bin/podman", "#!/bin/sh\n");
    List<Result> results = look(V2);
    assertThat(results).allMatch(r -> r.level() == Result.Level.OK);
    assertThat(results)
        .extracting(r -> r.finding().id())
        .contains("qube-kind", "user", "storage", "memory", "mount", "tool", "executor")
        .contains("xen-group", "qrexec", "network");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TemplateVM   | ERROR qube-kind build-archlinux: is a template
          DispVM       | WARNING qube-kind build-archlinux: is a disposable
          StandaloneVM | WARNING qube-kind build-archlinux: is a standalone qube, in which the classic
          ''           | WARNING qube-kind build-archlinux: does not say what kind
          """)
  void tellsKindsOfQubes(String type, String expected) throws Exception {
    machine.is("/qubes-vm-type", type);
    assertThat(text(only(look(CLASSIC)))).startsWith(expected);
  }

  @Test
  void takesAStandaloneForV2() throws Exception {
    machine.is("/qubes-vm-type", "StandaloneVM");
    machine.program("/usr/bin/podman", "#!/bin/sh\n");
    assertThat(look(V2)).allMatch(r -> r.level() == Result.Level.OK);
  }

  @Test
  void looksAtTheRestWhereThereIsNoQube() throws Exception {
    machine.delete("/usr/bin/qubesdb-read");
    machine.delete("/usr/share/qubes/marker-vm");
    machine.space(16 * GB, 10 * GB);
    List<Result> results = look(CLASSIC);
    assertThat(results).extracting(r -> r.finding().id()).doesNotContain("qrexec", "xen-group");
    List<String> texts = results.stream().map(BuildDoctorTest::text).toList();
    assertThat(texts).anyMatch(t -> t.startsWith("WARNING no-qube this machine: is no qube"));
    assertThat(texts).anyMatch(t -> t.startsWith("WARNING storage ") && !t.contains("dom0"));
  }

  /** A program that answers nonsense, fails or does not end must not keep the others from work. */
  @ParameterizedTest
  @ValueSource(strings = {"head -c 100000 /dev/zero", "echo '; rm -rf x'", "exit 3"})
  void distrustsWhatItIsTold(String command) throws Exception {
    machine.program("/usr/bin/qubesdb-read", "#!/bin/sh\n" + command + "\n");
    machine.space(16 * GB, 10 * GB);
    assertThat(look(CLASSIC))
        .extracting(BuildDoctorTest::text)
        .anyMatch(t -> t.contains("qvm-volume resize NAME:private 20GiB"))
        .noneMatch(t -> t.contains("rm -rf x\n"));
  }

  @ParameterizedTest
  @CsvSource({"16, 10, WARNING, 20GiB", "40, 14, WARNING, 39GiB", "10, 2, ERROR, 22GiB"})
  void wantsRoomOnDisk(long total, long free, String level, String size) throws Exception {
    machine.space(total * GB, free * GB);
    assertThat(text(only(look(CLASSIC))))
        .startsWith(level + " storage " + machine.builder() + ": only ")
        .contains("In dom0: qvm-volume resize build-archlinux:private " + size + "\n");
  }

  @Test
  void wantsMemory() throws Exception {
    machine.write("/proc/meminfo", "MemTotal:         400000 kB\n");
    assertThat(text(only(look(CLASSIC))))
        .startsWith("WARNING memory build-archlinux: has 391 MiB now")
        .contains("In dom0: qvm-prefs build-archlinux maxmem 4000\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rw,nodev,nosuid,relatime | WARNING mount-limited | nodev and nosuid | make remount
          rw,nosuid                | WARNING mount-limited | nosuid           | make remount
          rw,nodev                 | WARNING mount-limited | nodev            | make remount
          rw,noexec                | ERROR mount-noexec    | noexec           | exec,remount
          ro                       | ERROR mount-read-only | read-only        | read-only
          """)
  void looksAtTheMountOfTheBuilder(String options, String begin, String reason, String remedy)
      throws Exception {
    machine.write("/proc/self/mountinfo", machine.mounts(options));
    assertThat(text(only(look(CLASSIC)))).startsWith(begin).contains(reason, remedy);
  }

  @Test
  void leavesV2ItsMounts() throws Exception {
    machine.program("/usr/bin/podman", "#!/bin/sh\n");
    machine.write("/proc/self/mountinfo", machine.mounts("rw,nodev,nosuid"));
    assertThat(look(V2)).allMatch(r -> r.level() == Result.Level.OK);
  }

  @Test
  void refusesRoot() throws Exception {
    machine.write("/proc/self/status", "Uid:\t0\t0\t0\t0\nGroups:\t98\n");
    assertThat(text(only(look(CLASSIC)))).startsWith("ERROR user-root root: builders refuse");
  }

  @ParameterizedTest
  @CsvSource({
    "git, ERROR, sudo dnf install git",
    "make, ERROR, sudo dnf install make",
    "gpg, ERROR, sudo dnf install gnupg2",
    "rpmbuild, WARNING, sudo dnf install rpm-build",
    "createrepo_c, WARNING, make install-deps",
  })
  void wantsPrograms(String program, String level, String remedy) throws Exception {
    machine.delete("/usr/bin/" + program);
    assertThat(text(only(look(CLASSIC))))
        .startsWith(level + " tool-missing " + program + ": is not installed")
        .contains(remedy);
  }

  @Test
  void namesDebiansPackages() throws Exception {
    machine.write("/etc/debian_version", "12.5\n");
    machine.delete("/usr/bin/rpm");
    machine.program("/usr/bin/podman", "#!/bin/sh\n");
    assertThat(text(only(look(V2))))
        .contains("sudo apt-get install rpm\n", "$(cat dependencies-debian.txt)");
  }

  @Test
  void wantsACageForV2() throws Exception {
    assertThat(text(only(look(V2))))
        .startsWith("ERROR executor docker or podman: is not installed")
        .contains("sudo dnf install docker");
    String docker = "build: {executor: docker}\n";
    machine.program("/usr/bin/podman", "#!/bin/sh\n");
    assertThat(text(only(look(V2, docker)))).startsWith("ERROR executor docker: is not installed");
    machine.program("/usr/bin/docker", "#!/bin/sh\n");
    assertThat(text(only(look(V2, docker)))).contains("sudo systemctl start docker");
    machine.write("/run/docker.sock", "");
    assertThat(look(V2, docker)).allMatch(r -> r.level() == Result.Level.OK);
    String qubes = "build: {executor: qubes}\n";
    assertThat(look(V2, qubes)).allMatch(r -> r.level() == Result.Level.OK);
  }

  @Test
  void wantsQrexec() throws Exception {
    machine.delete("/run/qubes/qrexec-agent");
    assertThat(text(only(look(CLASSIC)))).startsWith("ERROR qrexec /run/qubes/qrexec-agent");
    machine.delete("/usr/lib/qubes/qrexec-client-vm");
    assertThat(text(only(look(CLASSIC)))).startsWith("ERROR qrexec qrexec-client-vm: is not");
  }

  @Test
  void looksForSplitGpgWithoutAskingIt() throws Exception {
    String split = "signing: {backend: split-gpg}\n";
    assertThat(text(only(look(CLASSIC, split)))).startsWith("ERROR split-gpg qubes-gpg-client-wr");
    Path called = directory.resolve("called");
    machine.program("/usr/bin/qubes-gpg-client-wrapper", "#!/bin/sh\ntouch " + called + "\n");
    assertThat(text(only(look(CLASSIC, split))))
        .startsWith("WARNING split-gpg qubes-gpg-client-wrapper: is there, but no qube")
        .contains("/rw/config/gpg-split-domain");
    machine.write("/rw/config/gpg-split-domain", "vault\n");
    assertThat(look(CLASSIC, split))
        .allMatch(r -> r.level() == Result.Level.OK)
        .extracting(BuildDoctorTest::text)
        .anyMatch(t -> t.contains("asks the qube vault"));
    assertThat(called).doesNotExist();
  }

  @Test
  void looksAtXensDevices() throws Exception {
    machine.write("/etc/group", "root:x:0:\n");
    assertThat(text(only(look(CLASSIC)))).startsWith("WARNING xen-devices /dev/xen");
    machine.group(98);
    machine.write("/proc/self/status", "Uid:\t1000\t1000\t1000\t1000\nGroups:\t1000 \n");
    assertThat(look(CLASSIC))
        .extracting(BuildDoctorTest::text)
        .anyMatch(t -> t.contains("sudo usermod -a -G qubes user"));
  }

  /** The group of a file is what tests that are not run by root cannot choose. */
  @Test
  void seesThatABuildHasTakenXensDevices() throws Exception {
    if (machine.ownerOfDevices() == 0) {
      machine.giveDevicesAway(972);
    }
    long owner = machine.ownerOfDevices();
    machine.group(owner + 1);
    assertThat(text(only(look(CLASSIC))))
        .startsWith("ERROR xen-group /dev/xen/xenbus: belongs to group " + owner)
        .contains("sudo chgrp qubes /dev/xen/*\n");
    machine.group(owner);
    assertThat(look(CLASSIC)).allMatch(r -> r.level() == Result.Level.OK);
  }

  @Test
  void looksAtTheNetwork() throws Exception {
    machine.is("/qubes-gateway", "");
    assertThat(text(only(look(CLASSIC))))
        .startsWith("WARNING network build-archlinux: has no network")
        .contains("In dom0: qvm-prefs build-archlinux netvm sys-firewall\n");
    machine.is("/qubes-gateway", "10.138.30.1");
    machine.write("/etc/resolv.conf", "# none\n");
    assertThat(text(only(look(CLASSIC)))).startsWith("WARNING network /etc/resolv.conf");
    machine.write("/etc/resolv.conf", "nameserver 10.139.1.1\n");
    machine.variable("HTTPS_PROXY", "http://127.0.0.1:8082");
    assertThat(text(only(look(CLASSIC))))
        .startsWith("WARNING proxy HTTPS_PROXY: is set")
        .contains("REPO_PROXY := ");
  }

  /** Whatever the real machine is: every look comes to a result, and its room is the real one. */
  @Test
  void looksAtTheRealMachine() throws Exception {
    QubeSystem system = QubeSystem.ofMachine(System.getenv());
    Path builder = directory.resolve("not/yet/there");
    List<Result> results = new BuildDoctor(system, config("")).results(builder, CLASSIC);
    assertThat(results)
        .extracting(r -> r.finding().id().replaceFirst("-.*", ""))
        .contains("user", "storage", "memory", "mount", "network")
        .containsAnyOf("no", "qube");
    boolean root = "root".equals(System.getProperty("user.name"));
    assertThat(results)
        .extracting(r -> r.finding().id())
        .contains(root ? "user-root" : "user")
        .doesNotContain(root ? "user" : "user-root");
    long free = Files.getFileStore(directory).getUsableSpace();
    assertThat(results)
        .filteredOn(r -> r.finding().id().equals("storage"))
        .allMatch(r -> (r.level() == Result.Level.OK) == (free > 15 * GB));
  }
}
