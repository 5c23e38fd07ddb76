// TypeScript as what its default import is, whoever bundles it.
import ts from 'typescript';

export default ts;
