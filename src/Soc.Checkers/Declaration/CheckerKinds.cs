using Soc.Checkers.Gpc;
using Soc.Checkers.Iopmp;
using Soc.Checkers.Mpc;
using Soc.Checkers.Tzc400;
using Soc.Checkers.WorldGuard;

namespace Soc.Checkers.Declaration;

/// <summary>Every kind of checker: a new one is one line here.</summary>
public static class CheckerKinds
{
    /// <summary>All kinds.</summary>
    public static IReadOnlyList<CheckerDeclaration> All { get; } =
    [
        new WorldGuardDeclaration(),
        new IopmpDeclaration(),
        new MpcDeclaration(),
        new Tzc400Declaration(),
        new GpcDeclaration(),
    ];
}
