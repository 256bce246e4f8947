using Soc.Topology;

namespace Soc.Actors.Tests.Support;

/// <summary>A small SoC around a hand-written program, and what a run of it came to.</summary>
/// <remarks>
/// 0x0010_0000 finisher, 0x0010_1000 RTC, 0x0200_0000 CLINT, 0x0C00_0000 PLIC, 0x1000_0000 console; 0x8000_0000 memory that holds the program;
/// 0x9000_0000 and 0x9001_0000 memories behind a wgChecker each, whose registers are at 0x0600_0000 and 0x0600_1000. M-mode of hart 0
/// and of all others in <c>trusted</c> is in the trusted world 3, the rest in world 1. After reset only world 3 passes the checkers.
/// </remarks>
internal sealed class Guest : IDisposable
{
    public const ulong Rtc = 0x0010_1000;
    public const ulong Plic = 0x0C00_0000;
    public const ulong Clint = 0x0200_0000;
    public const ulong Uart = 0x1000_0000;
    public const ulong Shared = 0x8000_8000;
    public const ulong Secret = 0x9000_0000;
    public const ulong Secret2 = 0x9001_0000;
    public const ulong Checker = 0x0600_0000;
    public const ulong Checker2 = 0x0600_1000;

    /// <summary>Offset of PERM of the last slot (4), which covers everything.</summary>
    public const int LastPermissions = 0x28 + (4 * 0x20);

    /// <summary>Offset of ERRCAUSE.</summary>
    public const int ErrorCause = 0x10;

    private readonly TemporaryFolder _folder = new();

    public Guest(
        Code code, int harts = 1, int trusted = 1, string mode = "lockstep", GuaranteeLevel guarantee = GuaranteeLevel.Acknowledged, string quantum = "1us",
        string latency = "40ns..60ns", ulong seed = 0)
    {
        File.WriteAllBytes(_folder.File("code.bin"), code.ToImage());
        string others = harts > trusted ? Harts(harts - trusted, 1) : string.Empty;
        string text = $$"""
            soc: tiny
            mode: {{mode.Replace("-parallel", "", StringComparison.Ordinal)}}
            {{(mode == "lockstep-parallel" ? "parallel: true" : "")}}
            quantum: {{quantum}}
            seed: {{seed}}
            timing: {link-latency: {{latency}}}
            worldguard: {worlds: 4, trusted-wid: 3, hw-bypass: true}
            harts:
            {{Harts(trusted, 3)}}
            {{others}}
            memories:
              - {name: dram, base: 0x8000_0000, size: 16MiB}
              - {name: secret, base: 0x9000_0000, size: 64KiB}
              - {name: secret2, base: 0x9001_0000, size: 64KiB}
            devices:
              - {name: finisher, kind: test-finisher, base: 0x0010_0000}
              - {name: clint, kind: clint, base: 0x0200_0000}
              - {name: plic, kind: plic, base: 0x0C00_0000, sources: 96}
              - {name: rtc, kind: goldfish-rtc, base: 0x0010_1000, interrupt: 11}
              - {name: uart0, kind: ns16550, base: 0x1000_0000, interrupt: 10}
            checkers:
              - {name: wgc, kind: wgchecker, base: 0x0600_0000, interrupt: 15, slots: 4, protects: [secret], range: full}
              - {name: wgc2, kind: wgchecker, base: 0x0600_1000, interrupt: 16, slots: 4, protects: [secret2], range: full}
            images:
              - {file: "{{_folder.File("code.bin")}}", format: raw, address: 0x8000_0000}
            console: uart0
            """;
        TopologyLoadResult result = TopologyFile.Parse(_folder.File("tiny.yaml"), text);
        SocTopology topology = result.Topology ?? throw new InvalidOperationException(string.Join('\n', result.Mistakes));
        Topology = topology with { Guarantee = guarantee };
    }

    public SocTopology Topology { get; }

    /// <summary>Runs a program to its end in a SoC of its own.</summary>
    public static RunResult Run(Code code, int harts = 1, int trusted = 1, string mode = "lockstep", ulong seed = 0)
    {
        using var guest = new Guest(code, harts, trusted, mode, seed: seed);
        return guest.Run();
    }

    /// <summary>Runs the program to its end; in lockstep a virtual second is more than any of them needs, in free mode a minute of the host.</summary>
    public RunResult Run() => SocRunner.Run(
        Topology,
        new RunOptions { Console = Stream.Null, TimeLimit = Topology.Mode == RunMode.Free ? 60_000_000_000UL : 1_000_000_000UL },
        CancellationToken.None);

    public void Dispose() => _folder.Dispose();

    private static string Harts(int count, int world) =>
        $"  - {{count: {count}, isa: rv64imac_zicsr_zifencei_zicntr_smwg_smwgd_sswg, reset-vector: 0x8000_0000, mwid: {world}, mwidlist: [0, 1, 2, 3]}}";
}
