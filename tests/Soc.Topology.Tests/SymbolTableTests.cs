namespace Soc.Topology.Tests;

public class SymbolTableTests
{
    private static readonly string[] _kernel =
    [
        "                 U memcpy",
        "0000000000000000 A fixed_percpu_data",
        "ffffffff80002000 T _start",
        "ffffffff80002040 t handle_exception",
        "ffffffff81000000 B _end",
        "ffffffff80002044 t .L1",
        "ffffffff80002044 t $x",
        "ffffffff01e6c000 t probe\t[virtio_mmio]",
        "",
    ];

    [Theory]
    [InlineData(0xFFFF_FFFF_8000_2000UL, "_start")]
    [InlineData(0xFFFF_FFFF_8000_203FUL, "_start+0x3f")]
    [InlineData(0xFFFF_FFFF_8000_2050UL, "handle_exception+0x10")]
    [InlineData(0xFFFF_FFFF_8100_0000UL, "_end")]
    [InlineData(0xFFFF_FFFF_8100_0004UL, null)]
    [InlineData(0xFFFF_FFFF_01E6_C008UL, "probe+0x8")]
    [InlineData(0x8000_0000UL, null)]
    public void A_list_of_symbols_names_addresses(ulong address, string? expected) =>
        Assert.Equal(expected, SymbolTable.Parse("System.map", _kernel).Symbolize(address));

    [Theory]
    [InlineData("ffffffffffffffff B The real System.map is in another package", "System.map:2: 'ffffffffffffffff B The real System.map is in another package' is no symbol; name a System.map, the output of nm or of /proc/kallsyms, or an ELF file")]
    [InlineData("here T _start", "System.map:2: 'here T _start' is no symbol")]
    [InlineData("80000000 Text _start", "System.map:2: '80000000 Text _start' is no symbol")]
    [InlineData("80000000", "System.map:2: '80000000' is no symbol")]
    public void What_is_no_list_of_symbols_is_one_line(string line, string expected)
    {
        ImageException exception = Assert.Throws<ImageException>(() => SymbolTable.Parse("System.map", ["80000000 T _start", line]));
        Assert.StartsWith(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_whose_addresses_are_hidden_says_how_to_get_them() =>
        Assert.Equal(
            "kallsyms: no symbol has an address; read /proc/kallsyms as root, with 0 in /proc/sys/kernel/kptr_restrict",
            Assert.Throws<ImageException>(() => SymbolTable.Parse("kallsyms", ["0000000000000000 T _start"])).Message);

    [Fact]
    public void An_elf_file_is_a_list_too_and_a_missing_file_is_one_line()
    {
        Assert.Equal("main", SymbolTable.Load(Path.Combine(Repository.Root, "tests/guests/bin/hello.elf")).Symbols.Single(symbol => symbol.Name == "main").Name);
        Assert.StartsWith("nowhere.map: cannot be read (", Assert.Throws<ImageException>(() => SymbolTable.Load("nowhere.map")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_names_addresses_by_its_topologys_symbols()
    {
        SocTopology topology = TestTopology.Load(TestTopology.Sound) with { Symbols = [SymbolTable.Parse("System.map", _kernel)] };
        using SystemModel model = SystemBuilder.Build(topology, new RecordingPorts().ToPorts());
        Assert.Equal("_start+0x4", model.Symbolize(0xFFFF_FFFF_8000_2004));
        Assert.Null(model.Symbolize(4));
    }
}
