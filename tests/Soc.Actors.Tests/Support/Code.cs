using System.Buffers.Binary;

namespace Soc.Actors.Tests.Support;

/// <summary>
/// Writes small RV64 programs word by word (RISC-V unprivileged ISA, chapters 2 and 12): just the instructions that the tests'
/// guests need, with labels for branches.
/// </summary>
internal sealed class Code
{
    public const int Zero = 0;
    public const int T0 = 5;
    public const int T1 = 6;
    public const int T2 = 7;
    public const int S0 = 8;
    public const int S1 = 9;
    public const int A0 = 10;
    public const int A1 = 11;
    public const int A2 = 12;
    public const int A3 = 13;
    public const int A4 = 14;
    public const int A5 = 15;

    public const int Mstatus = 0x300;
    public const int Mie = 0x304;
    public const int Mtvec = 0x305;
    public const int Mip = 0x344;
    public const int Mcycle = 0xB00;
    public const int Mhartid = 0xF14;

    private readonly List<uint> _words = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly List<(int At, string Label)> _branches = [];

    public Code Label(string name)
    {
        _labels.Add(name, _words.Count);
        return this;
    }

    /// <summary>Loads any constant.</summary>
    public Code Li(int rd, ulong value)
    {
        long signed = (long)value;
        long low = signed << 52 >> 52;
        if (signed == low)
        {
            return Addi(rd, Zero, (int)low);
        }

        if (signed == (int)signed)
        {
            _words.Add((uint)((signed - low) & 0xFFFFF000) | (uint)(rd << 7) | 0x37); // lui
            return low == 0 ? this : I(0x1B, 0, rd, rd, (int)low); // addiw
        }

        Li(rd, (ulong)((signed - low) >> 12));
        I(0x13, 1, rd, rd, 12); // slli
        return low == 0 ? this : Addi(rd, rd, (int)low);
    }

    public Code Addi(int rd, int rs1, int value) => I(0x13, 0, rd, rs1, value);

    public Code Andi(int rd, int rs1, int value) => I(0x13, 7, rd, rs1, value);

    public Code Xori(int rd, int rs1, int value) => I(0x13, 4, rd, rs1, value);

    public Code Add(int rd, int rs1, int rs2) => R(0x33, 0, rd, rs1, rs2);

    public Code Ld(int rd, int rs1, int offset = 0) => I(0x03, 3, rd, rs1, offset);

    public Code Lw(int rd, int rs1, int offset = 0) => I(0x03, 2, rd, rs1, offset);

    public Code Sd(int rs2, int rs1, int offset = 0) => S(3, rs1, rs2, offset);

    public Code Sw(int rs2, int rs1, int offset = 0) => S(2, rs1, rs2, offset);

    public Code Sb(int rs2, int rs1, int offset = 0) => S(0, rs1, rs2, offset);

    public Code Beq(int rs1, int rs2, string label) => Branch(0, rs1, rs2, label);

    public Code Bne(int rs1, int rs2, string label) => Branch(1, rs1, rs2, label);

    public Code Bltu(int rs1, int rs2, string label) => Branch(6, rs1, rs2, label);

    public Code Bgeu(int rs1, int rs2, string label) => Branch(7, rs1, rs2, label);

    public Code Jump(string label) => Branch(0, Zero, Zero, label);

    public Code Csrw(int csr, int rs1) => I(0x73, 1, Zero, rs1, csr);

    public Code Csrs(int csr, int rs1) => I(0x73, 2, Zero, rs1, csr);

    public Code Csrr(int rd, int csr) => I(0x73, 2, rd, Zero, csr);

    /// <summary>Address of a label, through auipc (the distance must fit 12 bits).</summary>
    public Code La(int rd, string label)
    {
        _words.Add((uint)(rd << 7) | 0x17); // auipc rd, 0
        _branches.Add((_words.Count, label));
        return I(0x13, 0, rd, rd, 0);
    }

    public Code Word(uint word)
    {
        _words.Add(word);
        return this;
    }

    public Code Wfi() => Word(0x1050_0073);

    public Code Mret() => Word(0x3020_0073);

    /// <summary>Counts down: two instructions a round.</summary>
    public Code Wait(int register, int rounds)
    {
        string label = $"wait{_words.Count}";
        return Li(register, (ulong)rounds).Label(label).Addi(register, register, -1).Bne(register, Zero, label);
    }

    /// <summary>Ends the run through the finisher at 0x10_0000 and stays there. Uses t0 and t1.</summary>
    public Code Pass() => Finish(0x5555);

    /// <summary>Ends the run with a failure code.</summary>
    public Code Fail(uint code) => Finish((code << 16) | 0x3333);

    public byte[] ToImage()
    {
        foreach ((int at, string label) in _branches)
        {
            int distance = (_labels[label] - at) * 4;
            _words[at] |= (_words[at] & 0x7F) == 0x13
                ? (uint)(distance + 4) << 20
                : ((uint)(distance >> 12) & 1) << 31 | ((uint)(distance >> 5) & 0x3F) << 25 | ((uint)(distance >> 1) & 0xF) << 8 | ((uint)(distance >> 11) & 1) << 7;
        }

        var image = new byte[_words.Count * 4];
        for (int i = 0; i < _words.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(i * 4), _words[i]);
        }

        _branches.Clear();
        return image;
    }

    private Code Finish(uint word)
    {
        string label = $"end{_words.Count}";
        return Li(T0, 0x10_0000).Li(T1, word).Sw(T1, T0).Label(label).Wfi().Jump(label);
    }

    private Code I(int opcode, int funct3, int rd, int rs1, int value) =>
        Word((uint)(value << 20) | (uint)(rs1 << 15) | (uint)(funct3 << 12) | (uint)(rd << 7) | (uint)opcode);

    private Code R(int opcode, int funct3, int rd, int rs1, int rs2) =>
        Word((uint)(rs2 << 20) | (uint)(rs1 << 15) | (uint)(funct3 << 12) | (uint)(rd << 7) | (uint)opcode);

    private Code S(int funct3, int rs1, int rs2, int offset) =>
        Word((uint)((offset >> 5) & 0x7F) << 25 | (uint)(rs2 << 20) | (uint)(rs1 << 15) | (uint)(funct3 << 12) | (uint)(offset & 0x1F) << 7 | 0x23);

    private Code Branch(int funct3, int rs1, int rs2, string label)
    {
        _branches.Add((_words.Count, label));
        return Word((uint)(rs2 << 20) | (uint)(rs1 << 15) | (uint)(funct3 << 12) | 0x63);
    }
}
