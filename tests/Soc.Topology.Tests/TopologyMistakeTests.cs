namespace Soc.Topology.Tests;

public class TopologyMistakeTests
{
    [Theory]
    [InlineData("soc: test", "sock: test", "1:1: sock: is not a known key; did you mean 'soc'?")]
    [InlineData("soc: test", "soc: test\nmode: turbo", "2:7: mode: 'turbo' is unknown; use one of: lockstep, free")]
    [InlineData("soc: test", "soc: test\nguarantee: none", "2:12: guarantee: 'none' is unknown; use one of: acknowledged, eventual, strict")]
    [InlineData("soc: test", "soc: test\nstrategy: lazy", "2:11: strategy: 'lazy' is unknown; use one of: deferred, deferred-single-slot, ping-pong, eager, eager-sinks, all-mmio")]
    [InlineData("soc: test", "soc: test\nsecond-addend: assert", "2:16: second-addend: 'assert' is unknown; use one of: degrade, strict")]
    [InlineData("soc: test", "soc: test\ninvalidation: flush", "2:15: invalidation: 'flush' is unknown; use one of: re-arm, flush-page, flush-all")]
    [InlineData("interrupt: 15,", "interrupt: 15, guarantee: soon,", "14:79: checkers[0].guarantee: 'soon' is unknown; use one of: acknowledged, eventual, strict")]
    [InlineData("soc: test", "soc: test\nquantum: 10", "2:10: quantum: '10' is not right here; give a time such as 10us, 50ns or 1ms")]
    [InlineData("soc: test", "soc: test\nquantum: 0ns", "2:10: quantum: a window of no time would never end; give at least 1ns; 1us is usual")]
    [InlineData("soc: test", "soc: test\nseed: -1", "2:7: seed: '-1' is not right here; give a whole number, 0 for the plain order")]
    [InlineData("soc: test", "soc: test\nparallel: yes", "2:11: parallel: 'yes' is not right here; write true or false")]
    [InlineData("soc: test", "soc: test\nsoc: again", "2:1: soc: key is given twice (first in line 1); keep one of them")]
    [InlineData("soc: test", "soc: test\ntiming: {walk-step: -2}", "2:21: timing.walk-step: '-2' is not right here; give a whole number from 0 to 1000000")]
    [InlineData("soc: test", "soc: test\ntiming: {link-latency: 60ns..40ns}", "2:24: timing.link-latency: '60ns..40ns' is not right here; give a time such as 50ns, or a range such as 40ns..60ns, the shorter first")]
    [InlineData("soc: test", "soc: test\nclock: 1GHz", "2:8: clock: '1GHz' is not right here; write the fields as 'key: value' lines, indented below")]
    [InlineData("soc: test", "soc: test\nconsole: uart9", "2:10: console: there is no UART 'uart9'; use one of: uart0, or none")]
    [InlineData("worlds: 4,", "worlds: 6,", "2:22: worldguard.worlds: 6 is not a power of two; use 1, 2, 4, 8, 16 or 32")]
    [InlineData("trusted-wid: 3", "trusted-wid: 4", "2:38: worldguard.trusted-wid: 4 is out of range; give a whole number from 0 to 3")]
    [InlineData("hw-bypass: true", "tz-compat: true", "2:52: worldguard.tz-compat: TrustZone compatibility is not supported by this version; remove 'tz-compat', or write false")]
    [InlineData("rv64imac_zicsr", "rv32imac_zicsr", "4:21: harts[0].isa: 32-bit harts are not supported by this version; supported: rv64imac with ")]
    [InlineData("_zicntr_smwg", "_zicntr_zfoo_smwg", "4:21: harts[0].isa: extension 'zfoo' is not supported by this version; supported: rv64imac with ")]
    [InlineData("rv64imac_", "rv64ima_", "4:21: harts[0].isa: extension 'c' is missing, and every hart of this version has it; supported: ")]
    [InlineData("count: 2", "ids: 1-2", "4:77: harts: hart id 0 is not used, but 1 is; number the harts from 0 without gaps")]
    [InlineData("count: 2", "ids: [0-1, 1]", "4:11: harts[0].ids: hart id 1 is used already (line 4); give every hart an id of its own")]
    [InlineData("count: 2", "count: 0", "4:13: harts[0].count: 0 is out of range; give a whole number from 1 to 1024")]
    [InlineData("count: 2", "count: 2, mwid: 4", "4:22: harts[0].mwid: 4 is out of range; give a whole number from 0 to 3")]
    [InlineData("count: 2", "count: 2, mwidlist: [0, 7]", "4:30: harts[0].mwidlist: '7' is no world of this machine; list worlds from 0 to 3, such as [0, 1], or write 'all'")]
    [InlineData("count: 2", "count: 2, tlb: {maximum: 128}", "4:31: harts[0].tlb.maximum: 128 is less than the 256 entries that the TLB starts with; make it the largest size that it may grow to")]
    [InlineData("count: 2", "count: 2, tlb: {maximum: 300}", "4:31: harts[0].tlb.maximum: 300 is not a power of two; use 64, 128, 256, 512 or another power of two")]
    [InlineData("reset-vector: 0x8000_0000", "reset-vector: 0x8000_0001", "4:77: harts[0].reset-vector: 0x80000001 is odd; instructions start at even addresses")]
    [InlineData("reset-vector: 0x8000_0000", "reset-vector: 0x4000_0000", "4:77: harts.reset-vector: there is no memory at 0x40000000; start the hart inside a memory")]
    [InlineData(", reset-vector: 0x8000_0000", "", "4:5: harts: hart0 does not know where to start; add 'reset-vector', or an ELF image under 'images:'")]
    [InlineData("size: 16MiB", "size: 16MB", "6:43: memories[0].size: '16MB' is not right here; give a size such as 256MiB, 0x1000 or 4096")]
    [InlineData("size: 16MiB", "size: 5000", "6:43: memories[0].size: 0x1388 is not a multiple of 0x1000; use 0x1000 or 0x2000")]
    [InlineData("base: 0x8000_0000, size: 16MiB", "base: 0xFFFF_FFFF_FFFF_F000, size: 16MiB", "6:24: memories[0].base: 0x1000000 bytes at 0xfffffffffffff000 do not fit into 64 address bits; lower the base or the size")]
    [InlineData("size: 16MiB", "size: 16MiB, kind: flash", "6:56: memories[0].kind: 'flash' is unknown; use one of: ram, rom")]
    [InlineData("size: 16MiB", "size: 16MiB, kind: rom", "6:56: memories[0].kind: a ROM without an image is empty for ever; add 'image: FILE', or use 'kind: ram'")]
    [InlineData(", size: 16MiB", "", "6:5: memories[0].size: is missing; give a size such as 256MiB, 0x1000 or 4096")]
    [InlineData("base: 0x1000_0000", "base: 0x0C00_1000", "9:40: devices[1].base: 'uart0' (0xc001000-0xc001007) overlaps 'plic' (0xc000000-0xc5fffff, line 8); move one of them")]
    [InlineData("base: 0x1000_0000", "base: 0x1000_0010", "9:40: devices[1].base: 0x10000010 is not a multiple of 0x1000; use 0x10000000 or 0x10001000")]
    [InlineData("name: uart0", "name: dram", "9:12: devices[1].name: the name 'dram' is used already (line 6); give it a name of its own")]
    [InlineData("name: uart0", "name: 'uart 0'", "9:12: devices[1].name: 'uart 0' is no name; use letters, digits, '-' and '_'")]
    [InlineData("kind: ns16550", "kind: pl011", "9:25: devices[1].kind: 'pl011' is unknown; use one of: ns16550, clint, ")]
    [InlineData("base: 0x0200_0000}", "base: 0x0200_0000}\n  - {name: swi, kind: aclint-mswi, base: 0x0300_0000}", "11:23: devices[3].kind: does the work of 'clint' (line 10) a second time; keep one of them")]
    [InlineData("interrupt: 20", "interrupt: 10", "12:48: dma[0].interrupt: source 10 is used by 'uart0' (line 9); give it a source of its own")]
    [InlineData("interrupt: 20", "interrupt: 33", "12:48: interrupt: 'dma0' has interrupt source 33, but 'plic' has 32 sources; use a source from 1 to 32, or raise 'sources'")]
    [InlineData("sources: 32", "sources: 32, edge-sources: [10, 33]", "8:81: devices[0].edge-sources: '33' is no source; list sources from 1 to 32, such as [10]")]
    [InlineData("worlds: [0, 1]", "worlds: [0, 4]", "12:64: dma[0].worlds: '4' is no world of this machine; list worlds from 0 to 3, such as [0, 1], or write 'all'")]
    [InlineData("worlds: [0, 1]", "beat: 3", "12:58: dma[0].beat: 3 bytes is no beat of this bus; use 1, 2, 4, 8, 16, 32 or 64")]
    [InlineData("kind: wgchecker", "kind: pmp", "14:23: checkers[0].kind: 'pmp' is unknown; use one of: wgchecker, iopmp, mpc, tzc-400")]
    [InlineData("protects: [dram]", "protects: [sram]", "14:79: checkers[0].protects: there is no memory, device or DMA engine 'sram'; use one of: dram, plic, uart0, clint, dma0")]
    [InlineData("protects: [dram]", "protects: [dram, dram]", "14:85: checkers[0].protects: 'dram' is listed twice; name it once")]
    [InlineData("protects: [dram]", "protects: [dram], slots: 127", "14:93: checkers[0].slots: 127 is out of range; give a whole number from 1 to 126")]
    [InlineData("protects: [dram]", "protects: [dram], range: {start: 0x8000_0000, size: 8MiB}", "14:79: checkers[0].protects: 'dram' (0x80000000-0x80ffffff) is not inside the checker's range; enlarge the range, or write 'range: full'")]
    [InlineData("protects: [dram]", "protects: [dram], range: {start: 0x8000_0000, size: 24MiB}", "14:120: checkers[0].range.size: 0x1800000 bytes at 0x80000000 is no naturally aligned power of two of at least 4096; enlarge the range, or write 'range: full'")]
    [InlineData("protects: [dram]", "protects: [dram], reset-slots: [{slot: 16, match: napot, address: 0x8000_0000, size: 4KiB}]", "14:118: checkers[0].reset-slots[0].match: the last slot can only be off or tor; use another slot, or 'match: tor'")]
    [InlineData("protects: [dram]", "protects: [dram], reset-slots: [{slot: 1, match: tor, address: 0x8000_0000, permissions: {9: rw}}]", "14:158: checkers[0].reset-slots[0].permissions.9: '9' is no world of this machine; use worlds from 0 to 3")]
    public void One_mistake_gives_one_line_with_place_field_and_remedy(string old, string changed, string expected)
    {
        IReadOnlyList<TopologyMistake> mistakes = TopologyFile.Parse("soc.yaml", TestTopology.With(old, changed)).Mistakes;
        Assert.Contains(mistakes, mistake => mistake.ToString().StartsWith($"soc.yaml:{expected}", StringComparison.Ordinal));
        Assert.All(mistakes, mistake => Assert.DoesNotContain('\n', mistake.ToString()));
    }

    [Theory]
    [InlineData("", "1:1: yaml: the file is empty; describe a SoC, starting with 'soc: NAME'")]
    [InlineData("- a\n- b", "1:1: yaml: the file holds a list; describe a SoC as 'key: value' lines, starting with 'soc: NAME'")]
    [InlineData("soc: a\n---\nsoc: b", "2:1: yaml: a second document starts here; put one SoC into one file")]
    [InlineData("soc: [a", "yaml: ")]
    [InlineData("soc: *nobody", "1:6: yaml: alias '*nobody' has no anchor before it")]
    [InlineData("soc: \"a", "yaml: ")]
    [InlineData("soc:\n\t- a", "yaml: ")]
    [InlineData("? [a]\n: b", "1:3: yaml: a list cannot be a key; use a plain word as key")]
    public void Text_that_is_no_topology_is_named_as_such(string text, string expected)
    {
        IReadOnlyList<TopologyMistake> mistakes = TopologyFile.Parse("soc.yaml", text).Mistakes;
        Assert.Contains(mistakes, mistake => mistake.ToString().Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Deep_nesting_is_refused_before_the_stack_ends()
    {
        IReadOnlyList<TopologyMistake> mistakes = TopologyFile.Parse("soc.yaml", "soc: " + new string('[', 5000)).Mistakes;
        Assert.Contains("nested more than 32 deep", Assert.Single(mistakes).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_reported_in_the_order_of_the_file()
    {
        string text = TestTopology.With("size: 16MiB", "size: 16MB").Replace("worlds: 4,", "worlds: 5,", StringComparison.Ordinal)
            .Replace("kind: clint", "kind: klint", StringComparison.Ordinal);
        TopologyLoadResult result = TopologyFile.Parse("soc.yaml", text);
        Assert.Null(result.Topology);
        Assert.Equal([2, 6, 10], result.Mistakes.Select(mistake => mistake.Line));
    }

    [Fact]
    public void Interrupts_need_a_plic()
    {
        string text = string.Join('\n', TestTopology.Sound.Split('\n').Where(line => !line.Contains("kind: plic", StringComparison.Ordinal)));
        Assert.Equal(3, TopologyFile.Parse("soc.yaml", text).Mistakes.Count(mistake => mistake.Problem.EndsWith("but there is no PLIC", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_mistake()
    {
        TopologyMistake mistake = Assert.Single(TopologyFile.Load("no-such-folder/no-such.yaml").Mistakes);
        Assert.Equal("does not exist", mistake.Problem);
    }

    [Fact]
    public void A_missing_image_is_named_as_it_was_written()
    {
        string text = TestTopology.Sound + "\nimages:\n  - file: ../nowhere/guest.elf\n";
        TopologyMistake mistake = Assert.Single(TopologyFile.Parse("soc.yaml", text).Mistakes);
        Assert.Equal("soc.yaml:16:11: images[0].file: '../nowhere/guest.elf' cannot be read (no such file); build the guest, or correct the path; it starts at the folder of the topology file", mistake.ToString());
    }
}
