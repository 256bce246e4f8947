namespace Soc.Checkers.Mpc;

/// <summary>
/// What the registers of an MPC mean for its data path: the lookup table and how refusals look. Immutable; a change of one
/// word copies one piece of the table and shares the rest.
/// </summary>
public sealed record MpcSnapshot
{
    private const int BlocksPerWord = 32;
    private const int PieceWords = 64;
    private const ulong PageSize = 4096;

    private readonly uint[][] _pieces;
    private readonly int _blockShift;
    private readonly ulong _blocks;

    /// <summary>A table whose blocks are all Secure.</summary>
    /// <param name="blockShift">Base-2 logarithm of the block size.</param>
    /// <param name="blocks">Number of blocks.</param>
    internal MpcSnapshot(int blockShift, ulong blocks)
    {
        _blockShift = blockShift;
        _blocks = blocks;
        ulong words = (blocks + BlocksPerWord - 1) / BlocksPerWord;
        _pieces = new uint[(words + PieceWords - 1) / PieceWords][];
        Array.Fill(_pieces, new uint[PieceWords]);
    }

    /// <summary>CTRL.SEC_RESP: refused accesses are bus errors; else reads give zero and writes are dropped.</summary>
    public bool BusErrors { get; init; }

    /// <summary>INT_EN: a recorded refusal raises the interrupt line.</summary>
    public bool Interrupts { get; init; }

    /// <summary>The data port is stopped.</summary>
    public bool Gated { get; init; }

    /// <summary>Whether the block at an offset is Non-secure.</summary>
    public bool IsNonSecure(ulong offset)
    {
        ulong block = offset >> _blockShift;
        return ((Word((int)(block / BlocksPerWord)) >> (int)(block % BlocksPerWord)) & 1) != 0;
    }

    /// <summary>Judges one access (section 2.5): allowed exactly when the block is of the access's own security.</summary>
    /// <param name="offset">Offset in the protected region.</param>
    /// <param name="nonSecure">Whether the access is Non-secure.</param>
    /// <returns>For refusals with the upper bits of INT_INFO2 as detail; 0 when the refusal is not meant for the record.</returns>
    public Verdict Judge(ulong offset, bool nonSecure) =>
        Gated ? new Verdict(false, BusErrors, false)
        : IsNonSecure(offset) == nonSecure ? Verdict.Permit
        : new Verdict(false, BusErrors, Interrupts, Detail: nonSecure ? MpcChecker.AccessNonSecure : MpcChecker.BlockNonSecure);

    /// <summary>A word of the lookup table.</summary>
    internal uint Word(int index) => _pieces[index / PieceWords][index % PieceWords];

    /// <summary>The same with another word in the lookup table.</summary>
    internal MpcSnapshot WithWord(int index, uint value)
    {
        var next = new MpcSnapshot(this, [.. _pieces]);
        next._pieces[index / PieceWords] = [.. _pieces[index / PieceWords]];
        next._pieces[index / PieceWords][index % PieceWords] = value;
        return next;
    }

    /// <summary>
    /// A naturally aligned power-of-two group of blocks around an offset which are all of one security: the largest that is
    /// not larger than a page, or than one word of the table where that is more.
    /// </summary>
    internal (ulong First, ulong Last) GroupAround(ulong offset)
    {
        ulong block = offset >> _blockShift;
        bool nonSecure = IsNonSecure(offset);
        ulong limit = Math.Max(BlocksPerWord, PageSize >> _blockShift);
        ulong count = 1;
        while (count < limit && Agree(block & ~((2 * count) - 1), 2 * count, nonSecure))
        {
            count *= 2;
        }

        ulong first = block & ~(count - 1);
        return (first << _blockShift, ((first + count) << _blockShift) - 1);
    }

    private MpcSnapshot(MpcSnapshot original, uint[][] pieces)
        : this(original) => _pieces = pieces;

    private bool Agree(ulong first, ulong count, bool nonSecure)
    {
        if (first + count > _blocks)
        {
            return false;
        }

        uint wanted = nonSecure ? uint.MaxValue : 0;
        int word = (int)(first / BlocksPerWord);
        if (count <= BlocksPerWord)
        {
            uint blocks = (uint.MaxValue >> (BlocksPerWord - (int)count)) << (int)(first % BlocksPerWord);
            return ((Word(word) ^ wanted) & blocks) == 0;
        }

        for (int at = 0; at < (int)(count / BlocksPerWord); at++)
        {
            if (Word(word + at) != wanted)
            {
                return false;
            }
        }

        return true;
    }
}
