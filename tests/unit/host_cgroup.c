/* Control group paths, as the container managers and systemd write them. */
#include "check.h"

#include "host/cgroup.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
    const char *text, *unit, *container;
} cases[] = {
    {"0::/system.slice/ssh.service\n", "ssh.service", ""},
    {"0::/\n", "", ""},
    {"", "", ""},
    {"nonsense\n:::\n0:\n", "", ""},
    {"0::/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service\n", "foo.service", ""},
    {"0::/user.slice/user-0.slice/session-3.scope\n", "session-3.scope", ""},
    {"0::/system.slice/nginx.service/worker\n", "nginx.service", ""},
    {"0::/system.slice/_cpu.service\n", "cpu.service", ""},
    {"12:memory:/x\n1:name=systemd:/system.slice/cron.service\n0::/\n", "cron.service", ""},
    {"0::/system.slice/docker-" ID ".scope\n", "docker-" ID ".scope", "docker:0123456789ab"},
    {"11:memory:/docker/" ID "\n1:name=systemd:/docker/" ID "\n", "", "docker:0123456789ab"},
    {"0::/docker/" ID "/system.slice/nginx.service\n", "nginx.service", "docker:0123456789ab"},
    {"0::/machine.slice/libpod-" ID ".scope/container\n", "libpod-" ID ".scope", "podman:0123456789ab"},
    {"0::/machine.slice/libpod-conmon-" ID ".scope\n", "libpod-conmon-" ID ".scope", ""},
    {"0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podabc.slice/cri-containerd-" ID ".scope\n",
     "cri-containerd-" ID ".scope", "kubernetes:0123456789ab"},
    {"0::/kubepods/burstable/pod1234/" ID "\n", "", "kubernetes:0123456789ab"},
    {"0::/system.slice/nerdctl-" ID ".scope\n", "nerdctl-" ID ".scope", "containerd:0123456789ab"},
    {"0::/lxc.payload.web/system.slice/apache2.service\n", "apache2.service", "lxc:web"},
    {"0::/lxc.monitor.web\n", "", ""},
    {"4:memory:/lxc/web\n", "", "lxc:web"},
    {"0::/machine.slice/systemd-nspawn@deb.service/payload\n", "systemd-nspawn@deb.service", "nspawn:deb"},
    {"0::/machine.slice/machine-my\\x2dbox.scope\n", "machine-my\\x2dbox.scope", "nspawn:my-box"},
    {"0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope\n", "machine-qemu\\x2d1\\x2dvm.scope", ""},
    {"0::/docker/short\n", "", ""},
};

static void test_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ptn_cgroup c;
        ptn_cgroup_parse(cases[i].text, &c);
        assert_string_equal(c.unit, cases[i].unit);
        assert_string_equal(c.container, cases[i].container);
    }
}

static void test_long_path(void **state)
{
    (void)state;
    char text[4096];
    struct ptn_cgroup c;
    memset(text, 'x', sizeof(text));
    memcpy(text, "0::/lxc/", 8);
    memcpy(text + sizeof(text) - 10, ".service\n", 10);
    ptn_cgroup_parse(text, &c);
    assert_int_equal(strlen(c.unit), sizeof(c.unit) - 1);
    assert_int_equal(strlen(c.container), sizeof(c.container) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_paths), cmocka_unit_test(test_long_path)};
    return check_all(tests);
}
