namespace Soc.Topology.Tests;

public class ElfImageTests
{
    [Fact]
    public void Segments_entry_and_symbols_are_read()
    {
        ElfImage image = ElfImage.Parse("test.elf", TestElf.Build());
        Assert.Equal(0x8000_0000UL, image.Entry);
        ElfSegment segment = Assert.Single(image.Segments);
        Assert.Equal((0x8000_0000UL, 16UL, 64UL), (segment.PhysicalAddress, segment.FileSize, segment.MemorySize));
        Assert.Equal(Enumerable.Range(1, 16).Select(value => (byte)value), image.ContentOf(segment).ToArray());
        Assert.Equal(["_start", "main"], image.Symbols.Select(symbol => symbol.Name));
        Assert.Equal([0x8000_0000UL, 0x8000_0008UL], image.Symbols.Select(symbol => symbol.Address));
    }

    [Theory]
    [InlineData(0x7FFF_FFFFUL, null)]
    [InlineData(0x8000_0000UL, "_start")]
    [InlineData(0x8000_0007UL, "_start+0x7")]
    [InlineData(0x8000_0008UL, "main")]
    [InlineData(0x8000_000BUL, "main+0x3")]
    [InlineData(0x8000_000CUL, null)]
    [InlineData(0x9000_0000UL, null)]
    public void Addresses_become_names(ulong address, string? expected) =>
        Assert.Equal(expected, ElfImage.Parse("test.elf", TestElf.Build()).Symbolize(address));

    [Theory]
    [InlineData(0, new byte[] { 0x4D, 0x5A }, "test.elf: at offset 0x0: e_ident: this is not an ELF file; name an ELF executable, or give a raw image its address")]
    [InlineData(4, new byte[] { 1 }, "test.elf: at offset 0x4: EI_CLASS: 1 is not supported; the simulator needs a 64-bit file (ELFCLASS64), which is 2")]
    [InlineData(5, new byte[] { 2 }, "test.elf: at offset 0x5: EI_DATA: 2 is not supported; the simulator needs a little-endian file (ELFDATA2LSB), which is 1")]
    [InlineData(18, new byte[] { 62, 0 }, "test.elf: at offset 0x12: e_machine: 62 is not supported; the simulator needs a RISC-V file (EM_RISCV), which is 243")]
    [InlineData(16, new byte[] { 1, 0 }, "test.elf: at offset 0x10: e_type: 1 is not an executable; link it statically to fixed addresses (ET_EXEC = 2)")]
    [InlineData(TestElf.ProgramHeader, new byte[] { 3 }, "test.elf: at offset 0x40: p_type: this is a program for an operating system: it wants a dynamic linker (PT_INTERP); link it statically for a bare machine")]
    [InlineData(24, new byte[] { 0, 0, 0, 0 }, "test.elf: at offset 0x18: e_entry: the entry point 0x0 is in no loadable segment; set the entry point in the linker script (ENTRY)")]
    [InlineData(32, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, "test.elf: at offset 0x20: e_phoff: program headers should be at 0xffffffffffffffff")]
    [InlineData(54, new byte[] { 32 }, "test.elf: at offset 0x36: e_phentsize: 32 is not supported")]
    [InlineData(56, new byte[] { 0 }, "test.elf: at offset 0x38: e_phnum: there are no program headers")]
    [InlineData(TestElf.ProgramHeader, new byte[] { 6 }, "test.elf: at offset 0x40: p_type: there is no loadable segment (PT_LOAD)")]
    [InlineData(TestElf.ProgramHeader + 8, new byte[] { 0, 0, 1 }, "test.elf: at offset 0x48: p_offset: segment 0 should be at 0x10000, 0x10 bytes long, but the file has only 0x")]
    [InlineData(TestElf.ProgramHeader + 40, new byte[] { 8 }, "test.elf: at offset 0x60: p_filesz: segment 0 has more bytes in the file (0x10) than in memory (0x8)")]
    [InlineData(TestElf.ProgramHeader + 24, new byte[] { 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, "test.elf: at offset 0x58: p_paddr: segment 0 at 0xfffffffffffffff0 runs past the end")]
    [InlineData(40, new byte[] { 0xFF, 0xFF }, "test.elf: at offset 0x28: e_shoff: section headers should be at 0xffff")]
    [InlineData(TestElf.Sections + 64 + 40, new byte[] { 9 }, "sh_link: the symbol table's names are in section 9 of 3")]
    [InlineData(64 + 56 + 16 + 24, new byte[] { 0xFF }, "st_name: a symbol's name is at 255 of 32 bytes")]
    public void Damage_is_named_with_file_offset_field_and_remedy(int offset, byte[] bytes, string expected)
    {
        ImageException exception = Assert.Throws<ImageException>(() => ElfImage.Parse("test.elf", TestElf.With(offset, bytes)));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(0x8000_0000UL)]
    [InlineData(0x8020_0000UL)]
    public void A_position_independent_executable_goes_where_it_is_put(ulong address)
    {
        ElfImage image = ElfImage.Parse("test.elf", TestElf.With(16, 3), address);
        Assert.True(image.IsPositionIndependent);
        Assert.Equal((address, address), (image.Entry, Assert.Single(image.Segments).PhysicalAddress));
        Assert.Equal("main+0x2", image.Symbolize(address + 10));
    }

    [Fact]
    public void An_executable_with_addresses_of_its_own_stays_there() =>
        Assert.Equal(0x8000_0000UL, ElfImage.Parse("test.elf", TestElf.Build(), 0x8020_0000).Entry);

    [Fact]
    public void A_file_cut_anywhere_loads_or_fails_with_one_line()
    {
        byte[] whole = TestElf.Build();
        for (int length = 0; length < whole.Length; length++)
        {
            ImageException exception = Assert.Throws<ImageException>(() => ElfImage.Parse("test.elf", whole[..length]));
            Assert.StartsWith("test.elf: at offset 0x", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_with_any_byte_damaged_loads_or_fails_with_one_line()
    {
        for (int offset = 0; offset < TestElf.Build().Length; offset++)
        {
            foreach (byte value in new byte[] { 0x00, 0x01, 0x7F, 0x80, 0xFF })
            {
                Exception? exception = Record.Exception(() => ElfImage.Parse("test.elf", TestElf.With(offset, value)));
                Assert.True(exception is null or ImageException, $"offset {offset}, value {value}: {exception}");
            }
        }
    }

    [Fact]
    public void A_missing_file_is_one_line() =>
        Assert.Contains("cannot be read", Assert.Throws<ImageException>(() => ElfImage.Load("no-such.elf")).Message, StringComparison.Ordinal);
}
