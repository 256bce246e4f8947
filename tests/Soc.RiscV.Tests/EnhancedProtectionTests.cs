using Soc.Memory;
using Soc.RiscV.Mmu;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>Smepmp: mseccfg and the rules of PMP under it.</summary>
public class EnhancedProtectionTests
{
    private const ulong Lockdown = 1;
    private const ulong AllowList = 2;
    private const ulong Bypass = 4;
    private const byte Lock = 0x80;
    private const byte Napot = 0x18;

    // L, R, W, X as pmpcfg has them, then what M-mode and what the lower modes may do.
    [Theory]
    [InlineData(0x00, "", "")]
    [InlineData(0x04, "", "x")]
    [InlineData(0x02, "rw", "r")]
    [InlineData(0x06, "rw", "rw")]
    [InlineData(0x01, "", "r")]
    [InlineData(0x05, "", "rx")]
    [InlineData(0x03, "", "rw")]
    [InlineData(0x07, "", "rwx")]
    [InlineData(0x80, "", "")]
    [InlineData(0x84, "x", "")]
    [InlineData(0x82, "x", "x")]
    [InlineData(0x86, "rx", "x")]
    [InlineData(0x81, "r", "")]
    [InlineData(0x85, "rx", "")]
    [InlineData(0x83, "rw", "")]
    [InlineData(0x87, "r", "r")]
    public void The_table_of_machine_mode_lockdown(byte rights, string machine, string lower)
    {
        PhysicalMemoryProtection protection = new();
        protection.WriteSecurityConfiguration(Bypass | Lockdown);
        protection.WriteAddress(0, ulong.MaxValue);
        protection.WriteConfiguration(0, (ulong)(rights | Napot));
        Assert.Equal(Kinds(machine), protection.KindsOf(0x1000, 8, PrivilegeMode.Machine));
        Assert.Equal(Kinds(lower), protection.KindsOf(0x1000, 8, PrivilegeMode.Supervisor));
        Assert.Equal(Kinds(lower), protection.KindsOf(0x1000, 8, PrivilegeMode.User));
    }

    [Theory]
    [InlineData(0UL, "rwx")]
    [InlineData(Lockdown, "rw")]
    [InlineData(AllowList, "")]
    public void What_no_rule_matches(ulong configuration, string machine)
    {
        PhysicalMemoryProtection protection = new();
        protection.WriteSecurityConfiguration(configuration);
        Assert.Equal(Kinds(machine), protection.KindsOf(0x1000, 8, PrivilegeMode.Machine));
        Assert.Equal(AccessKinds.None, protection.KindsOf(0x1000, 8, PrivilegeMode.User));
    }

    [Fact]
    public void Lockdown_and_allow_list_stay()
    {
        PhysicalMemoryProtection protection = new();
        protection.WriteSecurityConfiguration(Lockdown | AllowList);
        protection.WriteSecurityConfiguration(0);
        Assert.Equal(Lockdown | AllowList, protection.SecurityConfiguration);
        protection.Reset();
        Assert.Equal(0UL, protection.SecurityConfiguration);
    }

    [Fact]
    public void Locked_rules_can_be_changed_while_locks_are_bypassed_and_then_never_again()
    {
        PhysicalMemoryProtection protection = new();
        protection.WriteSecurityConfiguration(Bypass);
        protection.WriteConfiguration(0, Lock | Napot);
        protection.WriteConfiguration(0, Lock | Napot | 1);
        Assert.Equal((ulong)(Lock | Napot | 1), protection.ReadConfiguration(0));
        protection.WriteSecurityConfiguration(0);
        protection.WriteSecurityConfiguration(Bypass);
        Assert.Equal(0UL, protection.SecurityConfiguration);
        protection.WriteConfiguration(0, 0);
        protection.WriteAddress(0, 5);
        Assert.Equal(((ulong)(Lock | Napot | 1), 0UL), (protection.ReadConfiguration(0), protection.ReadAddress(0)));
    }

    [Theory]
    [InlineData(0x84, false)]
    [InlineData(0x85, false)]
    [InlineData(0x82, false)]
    [InlineData(0x86, false)]
    [InlineData(0x83, true)]
    [InlineData(0x87, true)]
    [InlineData(0x04, true)]
    public void Under_lockdown_no_new_code_of_M_mode_can_be_added(byte rights, bool taken)
    {
        PhysicalMemoryProtection protection = new();
        protection.WriteSecurityConfiguration(Lockdown);
        protection.WriteConfiguration(0, (ulong)(rights | Napot));
        Assert.Equal(taken ? (ulong)(rights | Napot) : 0, protection.ReadConfiguration(0));
    }

    [Fact]
    public void A_hart_obeys_at_once()
    {
        using Machine machine = new(configuration => configuration with { Extensions = Extensions.Smepmp });
        machine.Hart[1] = Machine.Ram + 0x1000;
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
        machine.Hart.WriteCsr("pmpaddr0", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpcfg0", Lock | Napot | 5);
        machine.Hart.WriteCsr("mseccfg", Lockdown);
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
        Assert.Equal(7, machine.CauseOf(Asm("sd", rs1: 1)));
        Assert.Equal(1, machine.CauseOf(Asm("addi"), PrivilegeMode.Supervisor));
    }

    private static AccessKinds Kinds(string letters) => letters.Aggregate(AccessKinds.None, (all, letter) => all | letter switch
    {
        'r' => AccessKinds.Load,
        'w' => AccessKinds.Store,
        _ => AccessKinds.Fetch,
    });
}
