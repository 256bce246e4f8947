namespace Soc.Tlb;

/// <summary>The arithmetic of <see cref="AtomicOperation"/>.</summary>
public static class AtomicOperationExtensions
{
    /// <summary>The new memory value of a 32-bit operation.</summary>
    public static uint Apply(this AtomicOperation operation, uint old, uint operand) => operation switch
    {
        AtomicOperation.Add => old + operand,
        AtomicOperation.Xor => old ^ operand,
        AtomicOperation.And => old & operand,
        AtomicOperation.Or => old | operand,
        AtomicOperation.Min => (uint)Math.Min((int)old, (int)operand),
        AtomicOperation.Max => (uint)Math.Max((int)old, (int)operand),
        AtomicOperation.MinUnsigned => Math.Min(old, operand),
        AtomicOperation.MaxUnsigned => Math.Max(old, operand),
        _ => operand,
    };

    /// <summary>The new memory value of a 64-bit operation.</summary>
    public static ulong Apply(this AtomicOperation operation, ulong old, ulong operand) => operation switch
    {
        AtomicOperation.Add => old + operand,
        AtomicOperation.Xor => old ^ operand,
        AtomicOperation.And => old & operand,
        AtomicOperation.Or => old | operand,
        AtomicOperation.Min => (ulong)Math.Min((long)old, (long)operand),
        AtomicOperation.Max => (ulong)Math.Max((long)old, (long)operand),
        AtomicOperation.MinUnsigned => Math.Min(old, operand),
        AtomicOperation.MaxUnsigned => Math.Max(old, operand),
        _ => operand,
    };
}
