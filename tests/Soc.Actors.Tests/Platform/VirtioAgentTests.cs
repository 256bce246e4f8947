using Soc.Actors.Tests.Support;
using Soc.Devices.Virtio.Block;
using Soc.Topology;

namespace Soc.Actors.Tests.Platform;

/// <summary>A virtio disk as an agent: a hart's driver talks to its registers by messages, and the disk's requests pass the checker.</summary>
public sealed class VirtioAgentTests : IDisposable
{
    private const ulong Disk = 0x1000_1000;
    private const ulong Queue = 0x8001_0000;
    private const ulong Buffer = 0x9000_0000;
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("lockstep", 3)]
    [InlineData("free", 3)]
    [InlineData("lockstep", 1)]
    [InlineData("free", 1)]
    public void A_driver_reads_a_sector_if_the_disks_world_may_write_the_buffer(string mode, int world)
    {
        byte[] content = new byte[1024];
        BitConverter.GetBytes(0x5EC7_0001UL).CopyTo(content, 512);
        RunResult run = SocRunner.Run(
            Topology(mode, world), new RunOptions { Console = Stream.Null, TimeLimit = 60_000_000_000, OpenDisk = (_, isReadOnly) => new MemoryBacking(content, isReadOnly) },
            CancellationToken.None);

        // A refused write without a bus error is dropped: the buffer stays as it was, and the request is done all the same.
        Assert.Equal(world == 3 ? 0 : 7, run.End.ExitCode);
        Assert.Equal(world == 3 ? 0UL : 1UL, run.Summary.Checkers[0].Refused > 0 ? 1UL : 0UL);
    }

    [Fact]
    public void Two_runs_in_lockstep_are_the_same()
    {
        // The sector holds zeros: the driver fails, at the same time.
        ulong[] times = [.. Enumerable.Range(0, 2).Select(_ => SocRunner.Run(
            Topology("lockstep", 3), new RunOptions { Console = Stream.Null, OpenDisk = (_, _) => new MemoryBacking(new byte[1024]) }, CancellationToken.None).Summary.VirtualTime)];
        Assert.Equal(times[0], times[1]);
    }

    public void Dispose() => _folder.Dispose();

    private SocTopology Topology(string mode, int world)
    {
        File.WriteAllBytes(_folder.File("code.bin"), Driver().ToImage());
        string text = $$"""
            soc: disk
            mode: {{mode}}
            worldguard: {worlds: 4, trusted-wid: 3, hw-bypass: true}
            harts:
              - {count: 1, isa: rv64imac_zicsr_zifencei_zicntr, reset-vector: 0x8000_0000, mwid: 3}
            memories:
              - {name: dram, base: 0x8000_0000, size: 16MiB}
              - {name: buffer, base: 0x9000_0000, size: 64KiB}
            devices:
              - {name: finisher, kind: test-finisher, base: 0x0010_0000}
              - {name: plic, kind: plic, base: 0x0C00_0000, sources: 96}
            virtio:
              - {name: disk0, kind: block, base: 0x1000_1000, interrupt: 1, file: disk.img, wid: {{world}}}
            checkers:
              - {name: wgc, kind: wgchecker, base: 0x0600_0000, slots: 4, protects: [buffer]}
            images:
              - {file: "{{_folder.File("code.bin")}}", format: raw, address: 0x8000_0000}
            """;
        TopologyLoadResult result = TopologyFile.Parse(_folder.File("disk.yaml"), text);
        return result.Topology ?? throw new InvalidOperationException(string.Join('\n', result.Mistakes));
    }

    /// <summary>Queue 0 with two entries, one request for sector 1, data in the buffer, status in DRAM; fails with 7 unless the data arrived.</summary>
    private static Code Driver()
    {
        Code code = new Code().Li(Code.A0, Disk).Li(Code.A1, Queue);
        foreach ((int offset, ulong value) in new (int, ulong)[]
        {
            (0x70, 3), (0x24, 1), (0x20, 1), (0x70, 11), (0x30, 0), (0x38, 4),
            (0x80, Queue), (0x90, Queue + 0x100), (0xA0, Queue + 0x200), (0x44, 1), (0x70, 15),
        })
        {
            code.Li(Code.T0, value).Sw(Code.T0, Code.A0, offset);
        }

        // Header at +0x300: read, sector 1; status at +0x310.
        code.Li(Code.T0, 1).Sd(Code.T0, Code.A1, 0x308);
        foreach ((int offset, ulong value) in new (int, ulong)[]
        {
            (0x00, Queue + 0x300), (0x08, 16 | (1UL << 32) | (1UL << 48)),
            (0x10, Buffer), (0x18, 512 | (3UL << 32) | (2UL << 48)),
            (0x20, Queue + 0x310), (0x28, 1 | (2UL << 32)),
        })
        {
            code.Li(Code.T0, value).Sd(Code.T0, Code.A1, offset);
        }

        // Available: head 0, index 1; then wait for the used index.
        code.Li(Code.T0, 1UL << 16).Sw(Code.T0, Code.A1, 0x100).Sw(Code.Zero, Code.A0, 0x50)
            .Label("wait").Lw(Code.T0, Code.A1, 0x200).Beq(Code.T0, Code.Zero, "wait")
            .Li(Code.A2, Buffer).Ld(Code.T0, Code.A2).Li(Code.T1, 0x5EC7_0001).Bne(Code.T0, Code.T1, "wrong").Pass();
        return code.Label("wrong").Fail(7);
    }
}
