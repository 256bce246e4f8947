using System.Runtime.CompilerServices;

namespace Soc.Memory;

/// <summary>Conversions between one access kind and a set of kinds.</summary>
public static class AccessKindExtensions
{
    /// <summary>The set that contains just <paramref name="kind"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AccessKinds ToSet(this AccessKind kind) => (AccessKinds)(1 << (int)kind);

    /// <summary>Whether <paramref name="kind"/> is in <paramref name="kinds"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Includes(this AccessKinds kinds, AccessKind kind) => ((int)kinds & (1 << (int)kind)) != 0;
}
