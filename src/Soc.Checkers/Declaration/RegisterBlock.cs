namespace Soc.Checkers.Declaration;

/// <summary>The addresses of a checker's registers.</summary>
/// <param name="First">Offset of the first byte from the base; negative when registers lie below it.</param>
/// <param name="Size">Bytes, a multiple of 4096.</param>
public readonly record struct RegisterBlock(long First, ulong Size)
{
    /// <summary>One page from the base on.</summary>
    public static RegisterBlock OnePage => new(0, 0x1000);
}
